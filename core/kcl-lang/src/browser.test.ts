/** The core in a browser: bundled for one, and run where there is nothing but the language JavaScript and text encoding. */
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("./index.ts", import.meta.url));

const files = {
  "/app/main.k": `import crypto
import datetime
import json
import regex
import yaml
import shapes.server as s

web = s.Server {name = "web", ports = [80, 443]}
digest = crypto.sha256("text")
md5 = crypto.md5("text")
day = datetime.date()
id = crypto.uuid()
decoded = yaml.decode("a: {b: [1, 2.5, x]}")
encoded = json.encode(web, indent=0)
matches = regex.findall("a1 b22", "[a-z](\\\\d+)")
deep = reduce(lambda t, x { [t] }, range(100), [])
sizes = {k = len(v) for k, v in {a = "äö", b = [1, 2, 3]}}
`,
  "/app/shapes/server.k": `schema Server:
    name: str
    ports: [int] = []
    kind: "server"
    check:
        len(name) > 2, "name too short"
`,
};

let bundle: { readonly code: string; readonly inputs: readonly string[]; readonly imports: readonly string[] };

beforeAll(async () => {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "kcl",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "silent",
    external: ["node:*"],
  });
  const outputs = Object.values(result.metafile.outputs);
  bundle = {
    code: result.outputFiles[0]!.text,
    inputs: Object.keys(result.metafile.inputs),
    imports: outputs.flatMap((output) => output.imports.map((one) => one.path)),
  };
});

describe("the bundle for browsers", () => {
  it("has no module of Node and no dependency but yaml", () => {
    expect(bundle.imports).toEqual([]);
    expect(bundle.code).not.toMatch(/["']node:/);
    expect(bundle.inputs.filter((path) => path.includes("node_modules") && !path.includes("/yaml/"))).toEqual([]);
  });

  it("evaluates a program with schemas, imports, YAML, hashes and dates", () => {
    const context = createContext({ TextEncoder, TextDecoder });
    runInContext(bundle.code, context);
    const text = runInContext(
      `(() => {
        const host = kcl.createMemoryHost(${JSON.stringify(files)});
        const loaded = kcl.loadProgram({ host, files: ["/app/main.k"], root: "/app" });
        if (!loaded.ok) return kcl.renderDiagnostics(loaded.diagnostics);
        const ran = kcl.runProgram(loaded.program, { clock: () => 0, randomBytes: (count) => new Uint8Array(count).fill(7) });
        return ran.ok ? JSON.stringify(ran.value) : kcl.renderDiagnostics(ran.diagnostics);
      })()`,
      context,
    ) as string;
    expect(JSON.parse(text)).toMatchObject({
      web: { name: "web", ports: [80, 443], kind: "server" },
      digest: "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1",
      md5: "1cb251ec0d568de6a929b520c4aed8d1",
      day: expect.stringMatching(/^19(70|69)-/),
      id: "07070707-0707-4707-8707-070707070707",
      decoded: { a: { b: [1, 2.5, "x"] } },
      matches: ["1", "22"],
      sizes: { a: 2, b: 3 },
    });
  });

  it("reports findings and limits", () => {
    const context = createContext({ TextEncoder, TextDecoder });
    runInContext(bundle.code, context);
    const messages = runInContext(
      `["a = 1 +", "f = lambda { f() }\\na = f()", "a = range(10 ** 12)", "import crypto\\na = crypto.uuid()"].map((text) => {
        const loaded = kcl.loadProgram({ host: kcl.createMemoryHost({ "/main.k": text }), files: ["/main.k"] });
        const ended = loaded.ok ? kcl.runProgram(loaded.program) : loaded;
        return ended.ok ? "" : ended.diagnostics[0].message;
      }).join("\\n")`,
      context,
    ) as string;
    expect(messages.split("\n")).toEqual([
      expect.stringContaining("expected one of"),
      expect.stringContaining("nested"),
      expect.stringContaining("bytes for values"),
      expect.stringContaining("random numbers"),
    ]);
  });
});
