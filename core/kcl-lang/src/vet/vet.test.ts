import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../diagnostics/render.js";
import { createMemoryHost } from "../memory-host.js";
import { vetData, type VetRequest } from "./vet.js";

const schema = `import lib

schema User:
    name: str
    age: int
    tags?: [str]
    address?: Address
    role?: "admin" | "guest"
    kind: lib.Kind = "x"
    check:
        age > 10, "too young"

schema Address:
    street: str
    number: int
`;

function vet(text: string, more: Partial<VetRequest> = {}, file = "data.yaml", kcl = schema) {
  const host = createMemoryHost({ "/p/schema.k": kcl, "/p/lib/lib.k": 'type Kind = "x" | "y"\nschema Other:\n    a: int\n' });
  return vetData({ host, schemaFiles: ["/p/schema.k"], data: [{ file, text }], ...more });
}

function found(text: string, more: Partial<VetRequest> = {}, file?: string): string[] {
  const result = vet(text, more, file);
  if (!result.ok) return result.diagnostics.map((one) => `! ${one.message}`);
  return result.findings.map(({ document, path, diagnostic: { message, position, secondary } }) => {
    const [second] = secondary ?? [];
    return `${document} ${path} ${position.line}:${position.column} ${message}${second ? ` (${second.position.line})` : ""}`;
  });
}

describe("vet", () => {
  it("finds nothing in data that fits the first schema, or the one that is named", () => {
    expect(vet("name: Alice\nage: 18\n")).toEqual({ ok: true, schema: "User", documents: 1, findings: [] });
    expect(found('{"street": "x", "number": 3}', { schema: "Address" }, "a.json")).toEqual([]);
    expect(found("a: 1", { schema: "lib.Other" })).toEqual([]);
  });

  it("finds everything, at its place in the data and in the schema", () => {
    const text = "---\nname: 5\nage: 18\ntags: [a, 7]\naddress:\n  street: x\nrole: boss\nnam: x\n---\nname: Bob\nage: 3\n---\n";
    expect(found(text)).toEqual([
      "0 name 2:7 expected str, got int (4)",
      "0 tags[1] 4:11 expected str, got int (6)",
      "0 address.number 6:3 attribute 'number' of Address is required and can't be None or Undefined (15)",
      "0 role 7:7 expected str(admin) | str(guest), got str (8)",
      "0 nam 8:1 Cannot add member 'nam' to schema 'User', did you mean 'name'? (3)",
      "1 age 11:6 too young (11)",
    ]);
  });

  it("takes a list for a list of instances", () => {
    expect(found('[{"name": "a", "age": 20},\n {"name": "b", "age": "c"}]', {}, "x.json")).toEqual([
      "0 [1].age 2:23 expected int, got str (5)",
    ]);
  });

  it("shows a finding with both lines", () => {
    const result = vet('{\n  "name": "a",\n  "age": "b"\n}\n', {}, "d.json");
    expect(renderDiagnostics(result.ok ? result.findings.map((one) => one.diagnostic) : [])).toBe(
      [
        "error[E2G22]: TypeError",
        " --> d.json:3:10",
        "  |",
        '3 |   "age": "b"',
        "  |          ^ expected int, got str",
        "  |",
        "",
        " --> /p/schema.k:5:5",
        "  |",
        "5 |     age: int",
        "  |     ^ the type is declared here",
        "  |",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["a: [1", "x.yaml", "1:6"],
    ['{"a": 1, // no\n}', "x.json", "1:10"],
    ["a: 1", "x.json", "1:1"],
    ["", "x.json", "1:1"],
    ["a: *none", "x.yaml", "1:1"],
    ["a: &a [x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]", "x.yaml", "1:1"],
    ["[".repeat(100_000), "x.yaml", "1:1"],
    ["- ".repeat(100_000), "x.yaml", "1:1"],
    ['{"a":'.repeat(50_000), "x.json", "1:1"],
  ])("reports text that is no data: %.20s as %s", (text, file, place) => {
    const [first] = found(text, {}, file);
    expect(first).toContain(`0  ${place} `);
  });

  it("takes the format from what is said, else from the name", () => {
    expect(found("name: a\nage: 11", { data: [{ file: "-", text: "name: a\nage: 11" }] })).toEqual([]);
    expect(found("", { data: [{ file: "-", text: "name: a", format: "json" }] })).toHaveLength(1);
    expect(vet("")).toMatchObject({ ok: true, documents: 0, findings: [] });
  });

  it("runs the statements of the files with the data as a global, when it gets a name", () => {
    const kcl = 'assert value.a > 1, "a is too small"\nb = value.a\n';
    const bad = vet("a: 1\n", { attribute: "value" }, "data.yaml", kcl);
    expect(bad).toMatchObject({ ok: true, findings: [{ diagnostic: { message: "a is too small", position: { line: 1 } } }] });
    expect(vet("a: 2\n", { attribute: "value" }, "data.yaml", kcl)).toMatchObject({ ok: true, findings: [] });
    expect(vet("b: 2\n", { attribute: "value" }, "data.yaml", "value: S = {}\nschema S:\n    a?: int\n")).toMatchObject({
      findings: [{ path: "b" }, { diagnostic: { position: { file: "data.yaml", line: 1, column: 1 } } }],
    });
  });

  it("says what is wrong with the schema", () => {
    expect(found("a: 1", { schema: "Usr" })).toEqual(["! there is no schema 'Usr'"]);
    expect(vet("a: 1", {}, "x.yaml", "a = 1")).toMatchObject({
      ok: false,
      diagnostics: [{ message: "there is no schema in the file" }],
    });
    expect(vet("a: 1", {}, "x.yaml", "a = ")).toMatchObject({ ok: false });
  });
});
