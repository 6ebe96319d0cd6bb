/** Programs on a real file system: whatever they ask for, nothing outside of their module is read, told or changed. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadProgram, renderDiagnostics, runProgram } from "../index.js";
import { createNodeHost } from "../node-host.js";

const secret = "the secret of somebody else";
let base: string;
let module: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "kcl-confine-")));
  module = join(base, "module");
  for (const folder of ["outside/inner", "module/sub/deep", "module-other"]) mkdirSync(join(base, folder), { recursive: true });
  for (const file of ["outside/secret.txt", "outside/inner/secret.txt", "module-other/secret.txt"])
    writeFileSync(join(base, file), secret);
  for (const file of ["outside/secret.k", "outside/inner/main.k", "module-other/secret.k"])
    writeFileSync(join(base, file), `value = "${secret}"\n`);
  writeFileSync(join(base, "outside/kcl.mod"), '[package]\nname = "outside"\n');
  writeFileSync(join(module, "kcl.mod"), "");
  writeFileSync(join(module, "own.txt"), "own");
  const links: readonly (readonly [string, string])[] = [
    ["link-file", join(base, "outside/secret.txt")],
    ["link-folder", join(base, "outside")],
    ["link-up", ".."],
    ["link-relative", "../outside/secret.txt"],
    ["link-root", "/"],
    ["link-new", join(base, "outside/new.txt")],
    ["sub/link", "../../outside"],
    ["sub/deep/link", "../../../outside/inner"],
    ["link-to-link", "link-folder"],
    ["link-loop", "link-loop"],
    ["linked.k", join(base, "outside/secret.k")],
    ["linked", join(base, "outside")],
    ["inside", "sub"],
    ["link-own", "own.txt"],
  ];
  for (const [name, target] of links) symlinkSync(target, join(module, name));
});

afterAll(() => rmSync(base, { recursive: true }));

/** Ways to name what is outside. */
function hostilePaths(): string[] {
  const targets = [
    "outside/secret.txt",
    "outside/inner/secret.txt",
    "module-other/secret.txt",
    "outside",
    "outside/new.txt",
    "outside/secret.k",
    "module-other",
  ];
  const dots = (path: string): string[] => [
    `../${path}`,
    `./../${path}`,
    `sub/../../${path}`,
    `sub/deep/../../../${path}`,
    `sub//..//..//${path}`,
    `./././../${path}`,
    `../module/../${path}`,
    `../../${base.split("/").at(-1)}/${path}`,
    `${"../".repeat(64)}${base.slice(1)}/${path}`,
    `inside/../../${path}`,
    `inside/../link-up/${path}`,
    `no-such-folder/../../${path}`,
    `*/../../${path}`,
  ];
  const absolute = (path: string): string[] => {
    const full = join(base, path);
    return [
      full,
      `/${full}`,
      `${module}/../${path}`,
      `${module}/sub/../../${path}`,
      `/./${full}`,
      `/proc/self/root${full}`,
      `/proc/self/cwd/../${full}`,
    ];
  };
  const linked = [
    "link-file",
    "link-relative",
    "link-new",
    "link-loop",
    "link-loop/x",
    ...["link-folder", "link-to-link", "sub/link", "inside/link", "linked", "link-up/outside"].flatMap((link) => [
      link,
      `${link}/secret.txt`,
      `./${link}/./secret.txt`,
      `${link}/inner/../secret.txt`,
      `${link}/new.txt`,
      `${link}/inner/secret.txt`,
      `${link}/new-folder/new.txt`,
    ]),
    "sub/deep/link/secret.txt",
    `link-root${base}/outside/secret.txt`,
    "link-root/etc/passwd",
    "link-up/outside/secret.txt",
    "link-up/module-other/secret.txt",
  ];
  const odd = [
    "/etc/passwd",
    "/etc/shadow",
    "/proc/self/environ",
    "/proc/1/cmdline",
    "/dev/zero",
    "/dev/stdin",
    "/",
    "//",
    "..",
    "../",
    "own.txt\u0000.k",
    "\u0000",
    "../outside/secret.txt\u0000",
    "own.txt/../../outside/secret.txt",
    "..\u2215outside/secret.txt",
    "\uff0e\uff0e/outside/secret.txt",
    "..\u200b/outside/secret.txt",
    "%2e%2e/outside/secret.txt",
    "..\\\\outside\\\\secret.txt",
    "~/secret.txt",
    "$HOME/secret.txt",
    "${KCL_MOD}/../outside/secret.txt",
    "file:///etc/passwd",
    " ../outside/secret.txt",
    "../outside/secret.txt ",
    `${"a/".repeat(3000)}x`,
    `${"../".repeat(3000)}etc/passwd`,
    `${"x".repeat(5000)}`,
    `${"sub/../".repeat(500)}../outside/secret.txt`,
  ];
  return [...targets.flatMap(dots), ...targets.flatMap(absolute), ...linked, ...odd];
}

function run(text: string, changes = true): { readonly text: string; readonly value?: unknown } {
  const main = join(module, "main.k");
  writeFileSync(main, text);
  const loaded = loadProgram({ host: createNodeHost({ allowChanges: changes }), files: [main] });
  if (!loaded.ok) return { text: renderDiagnostics(loaded.diagnostics) };
  const ran = runProgram(loaded.program, { limits: { ms: 5_000 } });
  return ran.ok ? { text: ran.toText() + ran.log, value: ran.value } : { text: renderDiagnostics(ran.diagnostics) };
}

function snapshot(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => `${name}\n`).join("");
}

function outside(): string {
  return (
    snapshot(join(base, "outside")) +
    snapshot(join(base, "module-other")) +
    readdirSync(base).sort().join() +
    readFileSync(join(base, "outside/secret.txt"), "utf8")
  );
}

const quote = (path: string): string => JSON.stringify(path).replaceAll("$", "\\$");

describe("a program cannot reach outside of its module", () => {
  it("by more than 200 paths, whatever it does with them", { timeout: 60_000 }, () => {
    const before = outside();
    const paths = hostilePaths();
    expect(paths.length).toBeGreaterThan(200);
    const uses = [
      (path: string) => `file.read(${path})`,
      (path: string) => `file.write(${path}, "changed")`,
      (path: string) => `file.append(${path}, "changed")`,
      (path: string) => `file.delete(${path})`,
      (path: string) => `file.mkdir(${path}, True)`,
      (path: string) => `file.cp("own.txt", ${path})`,
      (path: string) => `file.cp(${path}, "copy.txt")`,
      (path: string) => `file.mv(${path}, "moved.txt")`,
      (path: string) => `file.size(${path})`,
      (path: string) => `file.glob(${path} + "/*")`,
      (path: string) => `crypto.filesha256(${path})`,
    ];
    for (const path of paths) {
      const calls = uses.map((use, index) => `r${index} = runtime.catch(lambda { ${use(quote(path))} })`);
      const reads = `import file\nimport crypto\nimport runtime\nread = lambda { file.read(${quote(path)}) }\nx = runtime.catch(read)\n`;
      const { text } = run(reads + calls.join("\n"));
      expect(text, path).not.toContain(secret);
      expect(text, path).not.toContain("root:");
      expect(outside(), path).toBe(before);
      rmSync(join(module, "copy.txt"), { force: true });
    }
  });

  it("by reading what a path leads to", () => {
    for (const path of hostilePaths().slice(0, 120)) {
      const { text } = run(`import file\na = file.read(${quote(path)})\n`);
      expect(text, path).not.toContain(secret);
      expect(text, path).toContain("error[");
    }
  });

  it.each([
    "import ..outside.secret",
    "import ..outside",
    "import ...outside.secret",
    "import linked",
    "import linked.secret",
    "import linked.inner",
    "import link-folder.secret",
    "import sub.link.secret",
    "import ..module-other.secret",
    "import ..........etc",
  ])("by %s", (line) => {
    const { text } = run(`${line} as other\na = other.value\n`);
    expect(text).toContain("error[");
    expect(text).not.toContain(secret);
  });

  it("by a dependency in its kcl.mod", () => {
    for (const path of ["../outside", join(base, "outside"), "linked", "sub/link"]) {
      writeFileSync(join(module, "kcl.mod"), `[dependencies]\nother = { path = "${path}" }\n`);
      expect(run("import other.secret\na = secret.value\n").text).not.toContain(secret);
    }
    writeFileSync(join(module, "kcl.mod"), "");
  });
});

describe("what is allowed", () => {
  it("is the module itself, also through links inside it", () => {
    expect(run('import file\na = file.read("link-own")\nb = file.exists("inside/deep")\n').value).toEqual({ a: "own", b: true });
  });

  it("can be changed only when the host says so", () => {
    expect(run('import file\nfile.write("new.txt", "x")\na = file.read("new.txt")\n').value).toEqual({ a: "x" });
    expect(run('import file\nfile.write("other.txt", "x")\n', false).text).toContain("files cannot be changed here");
    expect(run('import file\na = file.read_env("PATH")\n').value).toEqual({});
  });

  it("grows by folders and by everything when the host says so", () => {
    const main = join(module, "main.k");
    writeFileSync(main, 'import file\na = file.read("../outside/secret.txt")\n');
    for (const host of [createNodeHost({ outside: true }), createNodeHost({ folders: [join(base, "outside")] })]) {
      const loaded = loadProgram({ host, files: [main] });
      const ran = loaded.ok && runProgram(loaded.program);
      expect(ran && ran.ok && ran.value).toEqual({ a: secret });
    }
  });

  it("is a main file and a package wherever the caller has it", () => {
    const loaded = loadProgram({
      host: createNodeHost(),
      files: [join(base, "outside/inner/main.k")],
      root: module,
      packages: { other: join(base, "module-other") },
    });
    expect(loaded.ok).toBe(true);
  });
});
