/** The module `file`. What it may do is decided by the host. */
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { KclFileActions } from "../packages/host.js";
import { joinPath, normalizePath } from "../packages/paths.js";
import { KclList, type Value } from "../runtime/values.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { RegexMatcher } from "./regex-match.js";
import { compileRegex, type RegexProgram } from "./regex-program.js";

/** The absolute path; one that the program may not use ends it. */
export function resolveFile(call: NativeCall, path: string): string {
  const absolute = path.startsWith("/") ? normalizePath(path) : joinPath(call.machine.settings.workFolder, path);
  const { host } = call.machine.settings;
  if (path.includes("\0")) return call.fail("a path cannot contain a null character");
  if (host.mayUse?.(absolute) === false) return call.fail(`'${path}' is outside of the module, which a program cannot use`);
  return absolute;
}

function actions(call: NativeCall): KclFileActions {
  return call.machine.settings.host.files ?? call.fail("files cannot be changed here");
}

/** Runs a change; failures say what was tried. */
function attempt(call: NativeCall, description: string, run: (files: KclFileActions) => void): undefined {
  const files = actions(call);
  try {
    run(files);
  } catch (error) {
    if (error instanceof EvaluationFailure) throw error;
    call.fail(`failed to ${description}: ${systemErrorText(error)}`);
  }
  return undefined;
}

const errorTexts: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory (os error 2)",
  EEXIST: "File exists (os error 17)",
  EACCES: "Permission denied (os error 13)",
  ENOTDIR: "Not a directory (os error 20)",
  EISDIR: "Is a directory (os error 21)",
  ENOTEMPTY: "Directory not empty (os error 39)",
};

function systemErrorText(error: unknown): string {
  const code = (error as { code?: string }).code ?? "";
  return errorTexts[code] ?? (error as Error).message;
}

export function writeFile(call: NativeCall, path: string, text: string): void {
  attempt(call, `write to '${path}'`, (files) => files.write(resolveFile(call, path), text));
}

function read(call: NativeCall): string {
  const path = call.text("filepath");
  return (
    call.machine.settings.host.readFile(resolveFile(call, path)) ??
    call.fail(`failed to access the file '${path}': No such file or directory (os error 2)`)
  );
}

/** Looking at a file takes about as long as so many steps. */
const stepsPerEntry = 100;

/** Paths below the work folder that match `*`, `?` and `**`. */
function glob(call: NativeCall): Value {
  const pattern = resolveFile(call, call.text("pattern"));
  const root = pattern.slice(0, pattern.search(/[*?[]|$/)).replace(/\/[^/]*$/, "");
  const expression = globExpression(call, pattern);
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const name of [...(call.machine.settings.host.listDir(folder) ?? [])].sort()) {
      const path = `${folder}/${name}`;
      call.machine.step(stepsPerEntry);
      if (new RegexMatcher(expression, path, call.machine).search(0) !== undefined) found.push(path);
      if (call.machine.settings.host.isDirectory(path)) walk(path);
    }
  };
  walk(root);
  const prefix = call.text("pattern").startsWith("/") ? "" : `${call.machine.settings.workFolder}/`;
  return new KclList(found.map((path) => (prefix !== "" && path.startsWith(prefix) ? path.slice(prefix.length) : path)));
}

function globExpression(call: NativeCall, pattern: string): RegexProgram {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*\*\/?/g, "\u0000")
    .replace(/\*/g, "[^/]*")
    .replace(/\?/g, "[^/]")
    .replaceAll("\u0000", ".*");
  try {
    return compileRegex(`^${source}$`).program;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return call.fail(`invalid pattern '${call.text("pattern")}'`);
  }
}

export const fileModule = moduleOf([
  native("read", ["filepath"], read),
  native("glob", ["pattern"], glob),
  native("modpath", [], (call) => call.machine.settings.moduleRoot),
  native("workdir", [], () => ""),
  native("current", [], (call) => call.machine.place?.file ?? ""),
  native("exists", ["filepath"], (call) => {
    const path = resolveFile(call, call.text("filepath"));
    return call.machine.settings.host.isDirectory(path) || call.machine.settings.host.readFile(path) !== undefined;
  }),
  native("abs", ["filepath"], (call) => resolveFile(call, call.text("filepath"))),
  native("append", ["filepath", "content"], (call) =>
    attempt(call, `append to '${call.text("filepath")}'`, (files) =>
      files.append(resolveFile(call, call.text("filepath")), call.text("content")),
    ),
  ),
  native("write", ["filepath", "content"], (call) =>
    attempt(call, `write to '${call.text("filepath")}'`, (files) =>
      files.write(resolveFile(call, call.text("filepath")), call.text("content")),
    ),
  ),
  native("mkdir", ["directory", "exists"], (call) =>
    attempt(call, `create directory '${call.text("directory")}'`, (files) =>
      files.makeFolder(resolveFile(call, call.text("directory")), call.flag("exists")),
    ),
  ),
  native("delete", ["filepath"], (call) =>
    attempt(call, `delete '${call.text("filepath")}'`, (files) => files.remove(resolveFile(call, call.text("filepath")))),
  ),
  native("cp", ["src", "dest"], (call) =>
    attempt(call, `copy '${call.text("src")}' to '${call.text("dest")}'`, (files) =>
      files.copy(resolveFile(call, call.text("src")), resolveFile(call, call.text("dest"))),
    ),
  ),
  native("mv", ["src", "dest"], (call) =>
    attempt(call, `move '${call.text("src")}' to '${call.text("dest")}'`, (files) =>
      files.move(resolveFile(call, call.text("src")), resolveFile(call, call.text("dest"))),
    ),
  ),
  native("size", ["filepath"], (call) => {
    let size = 0;
    attempt(call, `get size of '${call.text("filepath")}'`, (files) => {
      size = files.size(resolveFile(call, call.text("filepath")));
    });
    return BigInt(size);
  }),
  native("read_env", ["key"], (call) => call.machine.settings.host.readEnvironment?.(call.text("key")) ?? undefined),
]);
