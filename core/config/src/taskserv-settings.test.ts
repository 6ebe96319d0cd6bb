/** What layers say about taskservs: the same in every format, with names that hold dots, and nothing that the keys have to know. */

import { describe, expect, it } from "vitest";
import { parseLayer } from "./formats/parse-layer.js";
import { below } from "./layer.js";
import { resolveConfig } from "./resolve.js";
import { taskservSettings } from "./taskserv-settings.js";

const TOML =
  '[taskservs.os]\nlimits = [{ domain = "*" }]\nmotd = "a.b"\n[taskservs.os.sysctl]\n"net.core.somaxconn" = 1\nplain = 2\n';
const YAML = `taskservs:
  os:
    limits: [{domain: "*"}]
    motd: a.b
    sysctl:
      "net.core.somaxconn": 1
      plain: 2
`;
const kcl = async () => ({
  value: { taskservs: { os: { limits: [{ domain: "*" }], motd: "a.b", sysctl: { "net.core.somaxconn": 1, plain: 2 } } } },
  positionOf: (path: readonly string[]) => ({ file: "x.k", line: path.length, column: 1 }),
});

const shape = (layer: Awaited<ReturnType<typeof parseLayer>>) =>
  Object.fromEntries(
    taskservSettings([layer])
      .filter(({ value }) => value !== undefined)
      .map(({ taskserv, path, value }) => [[taskserv, ...path].join("/"), value]),
  );

const EXPECTED = { "os/limits": [{ domain: "*" }], "os/motd": "a.b", "os/sysctl/net.core.somaxconn": 1, "os/sysctl/plain": 2 };
const scope = { facts: {}, environment: {} };

describe("settings of taskservs", () => {
  it.each([
    ["TOML", "x.toml", TOML],
    ["YAML", "x.yaml", YAML],
    ["plain YAML", "x.yaml", "taskservs:\n  os:\n    motd: a.b\n    sysctl:\n      plain: 2\n"],
    ["KCL", "x.k", "taskservs = {}"],
  ])("are read from %s", async (_, file, text) => {
    const layer = await parseLayer("workspace", file, text, kcl);
    const expected = text.includes("limits") || file.endsWith(".k") ? EXPECTED : { "os/motd": "a.b", "os/sysctl/plain": 2 };
    expect(shape(layer)).toEqual(expected);
    expect(resolveConfig([layer], scope).findings).toEqual([]);
  });

  it("have their places", async () => {
    const layer = await parseLayer("environment", "x.toml", TOML);
    const found = taskservSettings([layer]).find(({ path }) => path.at(-1) === "net.core.somaxconn");
    expect(found).toMatchObject({ layer: "environment", taskserv: "os", position: { file: "x.toml", line: 5, column: 1 } });
  });

  it("stand below the section of the user's file, too", async () => {
    const text = YAML.split("\n")
      .map((line) => `  ${line}`)
      .join("\n");
    const layer = below(await parseLayer("user", "x.yaml", `config:\n${text}`), "config");
    expect(shape(layer)).toEqual(EXPECTED);
  });

  it.each([
    ["taskservs = 3", "taskservs is a section: expected taskservs below it."],
    ["[taskservs]\nnginx = 3", "taskservs.nginx is a section: expected its settings below it."],
    ["[taskservs.nginx]\nsince = 2026-01-01", "taskservs.nginx.since: expected plain data, got a date."],
  ])("are refused where they are no settings: %s", async (text, summary) => {
    const layer = await parseLayer("workspace", "x.toml", text);
    expect(resolveConfig([layer], scope).findings).toMatchObject([
      { code: "CONFIG_TYPE", summary, position: { file: "x.toml" } },
    ]);
  });

  it("say nothing where they are null", async () => {
    const layer = await parseLayer("workspace", "x.yaml", "taskservs:\n  nginx:\n    port: null\n  os:\n");
    expect(shape(layer)).toEqual({});
    expect(resolveConfig([layer], scope).findings).toEqual([]);
  });
});
