/** The KCL commands as processes: streams, exit codes, files. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandWords, isCommandBuilt } from "../testing/built-command.js";

const [program, ...programWords] = commandWords;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "kcl-command-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function kcl(words: readonly string[], input = "", env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, input, encoding: "utf8", env: { PATH: process.env.PATH, HOME: folder, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(program, [...programWords, "kcl", ...words], options);
  return { status, stdout, stderr };
}

describe.skipIf(!isCommandBuilt)(
  `provisioning kcl${isCommandBuilt ? "" : " (skipped: the command is not bundled; npm run build)"}`,
  () => {
    describe("run", () => {
      it("prints the result of files, of standard input, and of the package of the folder", () => {
        write({ "main.k": 'import lib\na = lib.x\nprint("talk")\n', "b.k": "b = 2\n", "lib/x.k": "x = 1\n" });
        expect(kcl(["run", "main.k", "b.k"])).toEqual({ status: 0, stdout: "talk\na: 1\nb: 2\n", stderr: "" });
        expect(kcl(["run"])).toMatchObject({ status: 0, stdout: "talk\na: 1\n" });
        expect(kcl(["run", "lib"])).toMatchObject({ status: 0, stdout: "x: 1\n" });
        expect(kcl(["run", "-", "-f", "json"], "import lib\ny = lib.x + 1\n")).toEqual({
          status: 0,
          stdout: '{\n    "y": 2\n}\n',
          stderr: "",
        });
      });

      it("takes settings, arguments, overrides, selectors and packages", () => {
        write({
          "main.k": 'import far\na = {b = option("v"), c = None, _d = far.x}\nz = 1\n',
          "one.yaml": "kcl_options:\n- {key: v, value: 1}\nkcl_cli_configs: {disable_none: true}\n",
          "two.yaml": "kcl_options:\n- {key: v, value: 2}\n",
          "elsewhere/x.k": "x = 5\n",
          "vendor/far/x.k": "x = 6\n",
        });
        const words = ["run", "main.k", "-E", "far=elsewhere", "-S", "a", "-Y", "one.yaml", "two.yaml"];
        expect(kcl(words)).toMatchObject({ stderr: "", stdout: "b: 2\n" });
        expect(kcl([...words, "-D", "v=3", "--show_hidden", "-O", "a.e=1"])).toMatchObject({ stdout: "b: 3\n_d: 5\ne: 1\n" });
        expect(kcl(["run", "-H", "-S", "a._d", "main.k"], "", { KCL_PKG_PATH: "vendor" })).toMatchObject({ stdout: "6\n" });
      });

      it("writes to a file, and nothing else then", () => {
        write({ "main.k": "a = 1\n" });
        expect(kcl(["run", "main.k", "-o", "out.yaml"])).toEqual({ status: 0, stdout: "", stderr: "" });
        expect(readFileSync(join(folder, "out.yaml"), "utf8")).toBe("a: 1\n");
        expect(kcl(["run", "main.k", "-o", "none/out.yaml"])).toMatchObject({ status: 1, stdout: "" });
      });

      it("says what the language says, and nothing around it", () => {
        write({ "main.k": 'print("before")\na = 1 // 0\n' });
        const failure = kcl(["run", "main.k", "-d"]);
        expect(failure).toMatchObject({ status: 1, stdout: "before\n" });
        expect(failure.stderr.startsWith(`error[E3M38]: EvaluationError\n --> ${folder}/main.k:2:1\n`)).toBe(true);
        expect(failure.stderr.endsWith(`note: backtrace:\n\t0: kcl_main\n\t\tat ${folder}/main.k:2\n`)).toBe(true);
        expect(kcl(["run", "main.k", "-D", "a"])).toEqual({
          status: 1,
          stdout: "",
          stderr: "EvaluationError\nInvalid value for top level arguments\n",
        });
        expect(kcl(["run", "none.k"]).status).toBe(1);
        expect(kcl(["run", "main.k", "--nonsense"]).status).toBe(64);
      });

      it("reaches dependencies beside the module, and what the user may reach", () => {
        write({
          "app/kcl.mod": '[dependencies]\nlib = { path = "../lib" }\n',
          "app/main.k":
            'import file\nimport lib\na = lib.S {}.x\nb = file.read(file.modpath() + "/../note")\nc = file.read_env("WHO")\n',
          "app/main_test.k": "test_a = lambda { assert a == 4 }\n",
          "app/s.k": "import lib\nschema T(lib.S):\n    y: int = 1\n",
          "lib/s.k": "schema S:\n    x: int = 4\n",
          note: "text",
        });
        const run = kcl(["run", "app/main.k"], "", { WHO: "me" });
        expect(run).toEqual({ status: 0, stdout: "a: 4\nb: text\nc: me\n", stderr: "" });
        expect(kcl(["test", "app"])).toMatchObject({ status: 0 });
        expect(kcl(["lint", "app"])).toMatchObject({ status: 0 });
        expect(kcl(["doc", "app"])).toMatchObject({ status: 0, stderr: "" });
        expect(kcl(["vet", "-", "app/s.k"], "x: 3\n")).toMatchObject({ status: 0 });
      });

      it("knows the platform's modules under the short paths that definitions use", () => {
        const cluster =
          "import kcl_plugin.kubernetes as k\nc = k.Cluster {name = 'shop', version = '1.30', nodes = [{role = 'control-plane'}]}\n";
        write({ "main.k": `${cluster}import workflows\nr = workflows.RetryPolicy {}\n` });
        expect(kcl(["run", "main.k", "-S", "r.max_attempts"])).toEqual({ status: 0, stdout: "3\n", stderr: "" });
      });

      it("knows the schemas of the platform without any workspace", () => {
        write({ "main.k": "import provisioning.settings as cfg\nx = cfg.Infra {name = 'shop'}.name\n" });
        expect(kcl(["run", "main.k"])).toEqual({ status: 0, stdout: "x: shop\n", stderr: "" });
      });
    });

    describe("fmt", () => {
      it("writes what is not formatted, here and below, and prints it", () => {
        write({ "a.k": "a=1\n", "b.k": "b = 1\n", "sub/c.k": "c  =  [1,2] # x\n", "node_modules/d.k": "d=1\n" });
        const checked = kcl(["fmt", "--check"]);
        expect(checked).toMatchObject({ status: 1, stderr: "" });
        expect(checked.stdout).toBe("a.k\nsub/c.k\n2 of 3 files are not formatted; write them with: provisioning kcl fmt\n");
        expect(readFileSync(join(folder, "a.k"), "utf8")).toBe("a=1\n");
        expect(kcl(["fmt"])).toEqual({ status: 0, stdout: "a.k\nsub/c.k\n", stderr: "" });
        expect(readFileSync(join(folder, "sub/c.k"), "utf8")).toMatch(/^c = \[1, 2\] {1,2}# x\n$/);
        expect(kcl(["fmt", "--check"])).toEqual({ status: 0, stdout: "", stderr: "" });
        expect(kcl(["fmt", "sub", "-o", "json"])).toMatchObject({ stdout: expect.stringContaining('"files": 1') });
      });

      it("formats standard input, and leaves alone what it cannot read", () => {
        write({ "a.k": "a = (\n", "b.k": "b=1\n" });
        expect(kcl(["fmt", "-"], "a={b=1}\n")).toEqual({ status: 0, stdout: "a = {b = 1}\n", stderr: "" });
        expect(kcl(["fmt", "-", "--check"], "a=1\n").stdout).toMatch(/^<stdin>\n1 of 1 file is not formatted/);
        const { status, stdout, stderr } = kcl(["fmt"]);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "b.k\n" });
        expect(stderr).toContain(`error[E1001]: InvalidSyntax\n --> ${folder}/a.k:`);
        expect(kcl(["fmt", "none.k"])).toMatchObject({ status: 64 });
      });
    });

    describe("lint", () => {
      it("shows warnings and errors, each once, and counts warnings when asked to", () => {
        write({ "a.k": "import math\na = 1\n", "ok/b.k": "b = 1\n" });
        expect(kcl(["lint", "ok"])).toEqual({ status: 0, stdout: "✓ nothing to say about 1 file\n", stderr: "" });
        const { status, stdout } = kcl(["lint"]);
        expect(status).toBe(0);
        expect(stdout).toContain(` --> ${folder}/a.k:1:`);
        expect(stdout).toMatch(/! 0 errors and 1 warning in 2 files\n$/);
        expect(kcl(["lint", "--strict"])).toMatchObject({ status: 4 });
        write({ "a.k": "a = (\n", "ok/b.k": "b: int = nothing\n" });
        const failed = JSON.parse(kcl(["lint", "-o", "json"]).stdout) as {
          ok: boolean;
          findings: { file: string; text: string }[];
        };
        expect(failed.ok).toBe(false);
        expect(failed.findings.some(({ file }) => file.endsWith("a.k"))).toBe(true);
        expect(new Set(failed.findings.map(({ text }) => text)).size).toBe(failed.findings.length);
        expect(failed.findings.filter(({ file }) => file.endsWith("b.k"))).toHaveLength(1);
        expect(kcl(["lint", "ok"])).toMatchObject({ status: 1 });
        write({ "modules/a.k": "schema S:\n    x: int\n", "modules/b.k": "import modules.a\nschema S(a.S):\n    y: a.S\n" });
        expect(kcl(["lint", "modules"])).toMatchObject({ status: 1 });
        write({ "kcl.mod": "" });
        expect(kcl(["lint", "modules"])).toMatchObject({ status: 0 });
        expect(kcl(["lint", "none"])).toMatchObject({ status: 64 });
      });
    });

    describe("doc", () => {
      it("documents packages on stdout or in a folder", () => {
        write({
          "lib/a.k": 'schema App:\n    """An application."""\n    name: str\n',
          "lib/sub/b.k": "schema Other:\n    x: int = 1\n",
          "lib/empty/c.k": "a = 1\n",
          "lib/a_test.k": "test_a = lambda { 1 }\n",
        });
        const page = kcl(["doc", "lib"]);
        expect(page).toMatchObject({ status: 0, stderr: "" });
        expect(page.stdout).toMatch(/^# lib\n[^]*App[^]*An application\.[^]*# sub\n[^]*Other/);
        expect(JSON.parse(kcl(["doc", "lib/a.k", "-f", "json"]).stdout)).toMatchObject([
          { name: "a", document: { files: [{ path: "a.k", schemas: [{ name: "App" }] }] } },
        ]);
        expect(kcl(["doc", "lib", "-o", "out/pages"])).toMatchObject({ stdout: "out/pages/lib.md\nout/pages/sub.md\n" });
        expect(readFileSync(join(folder, "out/pages/sub.md"), "utf8")).toContain("# sub\n");
        write({ "lib/sub/b.k": "schema Other(\n" });
        const broken = kcl(["doc", "lib"]);
        expect(broken.status).toBe(1);
        expect(broken.stdout).toContain("# lib");
        expect(broken.stderr).toContain(`--> ${folder}/lib/sub/b.k:1`);
      });
    });

    describe("test", () => {
      it("shows what passes and what fails, here and below", () => {
        write({
          "lib/a.k": "schema A:\n    n: int = 1\n",
          "lib/a_test.k":
            'test_one = lambda {\n    print("hello")\n    assert A {}.n == 1\n}\ntest_two = lambda { assert A {}.n == 2 }\n',
        });
        const { status, stdout, stderr } = kcl(["test"]);
        expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
        expect(stdout).toMatch(
          /^lib\/a_test\.k\n {2}✓ test_one \(\d+ ms\)\n {4}│ hello\n {2}✗ test_two \(\d+ ms\)\nerror\[E3M38\]/,
        );
        expect(stdout).toMatch(/a_test\.k:5:1\n[^]*1 of 2 tests passed\n$/);
        expect(kcl(["test", "lib", "--run", "one$"])).toMatchObject({ status: 0 });
        expect(JSON.parse(kcl(["test", "lib", "--fail-fast", "-o", "json"]).stdout)).toMatchObject({
          ok: false,
          tests: [
            { ok: true, log: "hello\n" },
            { ok: false, findings: [{ code: "E3M38" }] },
          ],
        });
      });

      it("refuses what is not there and what is no expression", () => {
        expect(kcl(["test"])).toMatchObject({ status: 0 });
        expect(kcl(["test", "none"])).toMatchObject({ status: 64, stdout: "" });
        expect(kcl(["test", "none"]).stderr).toContain("KCL_FILE_MISSING none cannot be read.");
        expect(kcl(["test", "--run", "("]).stderr).toContain("is no regular expression");
      });
    });

    describe("vet", () => {
      const schema = { "user.k": "schema User:\n    name: str\n    age: int\nschema Other:\n    x: int\n" };

      it("checks several files and documents, at their places", () => {
        write({ ...schema, "a.yaml": "name: a\nage: 1\n---\nname: b\nage: c\n", "b.json": '{"name": "x", "age": 2, "y": 1}\n' });
        const { status, stdout } = kcl(["vet", "a.yaml", "b.json", "user.k"]);
        expect(status).toBe(1);
        expect(stdout).toContain(" --> a.yaml:5:6\n");
        expect(stdout).toContain("expected int, got str");
        expect(stdout).toContain(` --> ${folder}/user.k:3:5\n`);
        expect(stdout).toContain(" --> b.json:1:25\n");
        expect(stdout).toMatch(/✗ 2 findings in 3 documents\n$/);
        const { findings } = JSON.parse(kcl(["vet", "a.yaml", "user.k", "-o", "json"]).stdout) as { findings: unknown[] };
        expect(findings).toMatchObject([{ code: "E2G22", file: "a.yaml", line: 5, column: 6, path: "age", document: 1 }]);
      });

      it("takes standard input, another schema and assertions", () => {
        write({ ...schema, "assert.k": 'schema Any:\n    [...str]: any\nassert value.x > 1, "x is small"\n' });
        expect(kcl(["vet", "-", "user.k", "-s", "Other"], "x: 1\n")).toEqual({
          status: 0,
          stdout: "✓ 1 document as Other demands\n",
          stderr: "",
        });
        expect(kcl(["vet", "-", "assert.k", "-n", "value", "-f", "json"], '{"x": 1}').stdout).toContain("x is small");
        expect(kcl(["vet", "-", "assert.k", "--attribute_name", "value"], "x: 2")).toMatchObject({ status: 0 });
      });

      it("says what is missing", () => {
        write({ ...schema, "a.yaml": "x: 1\n" });
        expect(kcl(["vet", "user.k"])).toMatchObject({ status: 64 });
        expect(kcl(["vet", "none.yaml", "user.k"]).stderr).toContain("KCL_FILE_MISSING none.yaml cannot be read.");
        expect(kcl(["vet", "a.yaml", "user.k", "-s", "Usr"])).toMatchObject({ status: 1 });
        expect(kcl(["vet", "a.yaml", "user.k", "-s", "Usr"]).stdout).toContain("there is no schema 'Usr'");
      });
    });
  },
);
