/** The language of `provisioning.query`. */

import { type Json, type JsonObject, textOf } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { parseQuery } from "./parse.js";
import { runQuery } from "./run.js";

const rows: readonly JsonObject[] = [
  { name: "a", size: 3, role: "web", tags: ["x"], spec: { plan: "small" } },
  { name: "b", size: 12, role: "db", ready: true, spec: { plan: "large" } },
  { name: "c", size: 7, role: "web", ready: false, spec: {} },
  { name: "d'e", size: null, role: null },
];
const VALUES: Readonly<Record<string, Json>> = { ROLE: "web", SIZE: 7, EVIL: "x' OR '1'='1", LIST: ["a"], PART: "d" };

const names = (where: string) =>
  runQuery(parseQuery(`SELECT name FROM t WHERE ${where}`), rows, (name) => VALUES[name] as Json)
    .map((row) => textOf(row.name))
    .join(" ");

describe("a query", () => {
  it.each([
    ["role = 'web'", "a c"],
    ["ROLE = 'web'", ""],
    ["role = '${ROLE}'", "a c"],
    ["role = ${ROLE}", "a c"],
    ["role = '${EVIL}'", ""],
    ["role = ${EVIL}", ""],
    ["name = '${PART}''e'", "d'e"],
    ["size = ${SIZE}", "c"],
    ["size = '${SIZE}'", ""],
    ["size > 3 AND size < 12", "c"],
    ["size >= 3 and size <= 7", "a c"],
    ["size <> 3", "b c d'e"],
    ["size != -3.5", "a b c d'e"],
    ["role = 'db' OR role = 'web' AND size > 5", "b c"],
    ["(role = 'db' OR role = 'web') AND size > 5", "b c"],
    ["NOT role = 'web'", "b d'e"],
    ["not not role = 'web'", "a c"],
    ["size IS NULL", "d'e"],
    ["size IS NOT NULL", "a b c"],
    ["role IN ('db', ${ROLE})", "a b c"],
    ["role NOT IN ('db')", "a c d'e"],
    ["ready = true", "b"],
    ["spec.plan = 'large'", "b"],
    ["spec.plan is null", "c d'e"],
    ["missing = null", "a b c d'e"],
    ["role < 'x'", "a b c"],
    ["size > 'a'", ""],
  ])("WHERE %s finds %j", (where, found) => {
    expect(names(where)).toBe(found);
  });

  it("sorts, cuts off and chooses columns", () => {
    const run = (text: string) => runQuery(parseQuery(text), rows, () => null);
    expect(run("select name, size from t order by size desc, name limit 2;")).toEqual([
      { name: "b", size: 12 },
      { name: "c", size: 7 },
    ]);
    expect(run("SELECT name FROM t ORDER BY role, size DESC").map(({ name }) => name)).toEqual(["d'e", "b", "c", "a"]);
    expect(run("SELECT * FROM t LIMIT 0")).toEqual([]);
    expect(run("SELECT * FROM t LIMIT 1")).toEqual([rows[0]]);
  });

  it("says which columns and values it needs", () => {
    expect(parseQuery("SELECT a, b.c FROM t WHERE d = ${X} AND e = 'p${Y}' ORDER BY f")).toMatchObject({
      table: "t",
      columns: ["a", "b.c"],
      uses: ["a", "b.c", "d", "e", "f"],
      names: ["X", "Y"],
    });
  });

  it.each([
    ["", /it ends where SELECT/],
    ["DELETE FROM t", /"DELETE" stands where SELECT/],
    ["SELECT a", /it ends where FROM/],
    ["SELECT a FROM t WHERE", /it ends/],
    ["SELECT a FROM t WHERE a = 'x", /a text has no end \(column 27\)/],
    ["SELECT a FROM t; DROP TABLE t", /";/],
    ["SELECT a FROM t WHERE a = 1 LIMIT -1", /"-1" stands/],
    ["SELECT a FROM t LIMIT 1 2", /"2" stands/],
    ["SELECT a FROM t -- comment", /"--/],
    ["SELECT a, FROM t", /"FROM" stands/],
    [`SELECT a FROM t WHERE ${"(".repeat(100)}`, /nested too deeply/],
    [`SELECT a FROM t WHERE ${"NOT ".repeat(100_000)}a = 1`, /nested too deeply/],
    ["SELECT a FROM t WHERE a = ${1}", /is not expected/],
  ])("refuses %j", (text, message) => {
    expect(() => parseQuery(text)).toThrow(message);
  });
});
