import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../memory-host.js";
import { loadProgram, type LoadInput } from "../program.js";
import { runProgram } from "../run.js";
import { validateValue } from "../validate.js";
import { createCache } from "./load.js";

const files = {
  "/kcl/kcl.mod": '[package]\nname = "platform"\n',
  "/kcl/settings.k":
    'import .parts.names\nimport platform.more\n\nschema Server:\n    name: str = names.prefix + more.suffix\n    plan: "small" | "large" = "small"\n    check:\n        len(name) < 9, "name too long"\n\nschema Settings:\n    servers: [Server]\n',
  "/kcl/more.k": 'suffix = "1"\n',
  "/kcl/parts/names.k": 'prefix = "node"\n',
  "/app/main.k":
    'import platform.settings as cfg\n_n = option("count") or 1\nsettings: cfg.Settings = {\n    servers = [{plan = "large"}] + [{} for i in range(_n)]\n}\n',
  "/app/kcl.mod": "",
};

function load(extra: Partial<LoadInput> = {}) {
  const loaded = loadProgram({ host: createMemoryHost(files), files: ["/app/main.k"], packages: { platform: "/kcl" }, ...extra });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.program;
}

describe("external packages", () => {
  it("resolve imports, their own included", () => {
    const result = runProgram(load());
    expect(result).toMatchObject({
      ok: true,
      value: {
        settings: {
          servers: [
            { name: "node1", plan: "large" },
            { name: "node1", plan: "small" },
          ],
        },
      },
    });
  });

  it("run again with other arguments", () => {
    const program = load();
    const counts = [1, 3].map((count) => {
      const result = runProgram(program, { arguments: { count } });
      return result.ok ? (result.value as { settings: { servers: unknown[] } }).settings.servers.length : 0;
    });
    expect(counts).toEqual([2, 4]);
  });

  it("are parsed once with a cache", () => {
    const cache = createCache();
    load({ cache });
    const before = cache.modules.get("/kcl/settings.k");
    load({ cache });
    expect(cache.modules.get("/kcl/settings.k")).toBe(before);
  });
});

describe("sources", () => {
  it("tell where each part was written", () => {
    const result = runProgram(load());
    const places = result.ok ? result.sources : new Map();
    expect(places.get("settings.servers[0].plan")).toEqual({ file: "/app/main.k", line: 4, column: 17 });
    expect(places.get("settings.servers[0].name")).toEqual({ file: "/kcl/settings.k", line: 5, column: 17 });
  });
});

describe("validateValue", () => {
  it.each([
    [{ servers: [{ name: "a", plan: "large" }] }, []],
    [{ servers: [{ plann: "large" }] }, [{ path: ["servers", 0, "plann"], suggestion: "plan" }]],
    [{ servers: [{ plan: 1 }] }, [{ path: ["servers", 0, "plan"] }]],
    [{}, [{ path: ["servers"] }]],
    [{ servers: [{}, { name: "much-too-long" }] }, [{ path: ["servers", 1, "name"], message: "name too long" }]],
  ])("%j", (value, expected) => expect(validateValue(load(), "cfg.Settings", value)).toMatchObject(expected));
});

describe("other paths of packages", () => {
  const main = { "/app/main.k": "import more\nx = more.suffix\n" };
  const run = (extra: Record<string, string>) => {
    const host = createMemoryHost({ ...files, ...main, ...extra });
    const loaded = loadProgram({
      host,
      files: ["/app/main.k"],
      packages: { platform: "/kcl" },
      aliases: { more: "platform.more" },
    });
    return loaded.ok ? runProgram(loaded.program) : loaded;
  };

  it("lead to the package", () => {
    expect(run({})).toMatchObject({ ok: true, value: { x: "1" } });
  });

  it("give way to what the program has itself", () => {
    expect(run({ "/app/more.k": 'suffix = "own"\n' })).toMatchObject({ ok: true, value: { x: "own" } });
  });

  it.each([
    ["a package of the program that has nothing of what is used", { "/app/more/one.k": "import more\ny = more.suffix\n" }],
    ["a folder of the program without files", { "/app/more/notes/x.k": "" }],
    ["a package of the program that has only something else", { "/app/more.k": "Suffix = 1\n" }],
    ["a module of the program that cannot be read", { "/app/more.k": "= (\n" }],
  ])("lead past %s", (_, extra) => {
    expect(run(extra)).toMatchObject({ ok: true, value: { x: "1" } });
  });

  it.each(["/app/more.k", "/app/more/one.k"])("lead from %s to the package", (file) => {
    const host = createMemoryHost({ ...files, [file]: "import more\nsuffix = more.suffix\n", "/app/kcl.mod": "" });
    const loaded = loadProgram({ host, files: [file], packages: { platform: "/kcl" }, aliases: { more: "platform.more" } });
    expect(loaded.ok ? runProgram(loaded.program) : loaded).toMatchObject({ ok: true, value: { suffix: "1" } });
  });
});
