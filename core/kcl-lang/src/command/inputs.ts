/** What a command line is to run: its inputs, else the settings' files, else the package or `main.k` of the folder. */
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { KclHost } from "../packages/host.js";
import { findModuleRoot, packageFiles } from "../packages/locate.js";
import { type Profile, readManifest } from "../packages/manifest.js";
import { joinPath } from "../packages/paths.js";
import type { Settings } from "../packages/settings.js";

/** The name under which the text of standard input is a file of the folder. */
export const standardInput = "-";

export interface Inputs {
  /** Absolute paths of files and folders. */
  readonly files: readonly string[];
  /** How the package wants to be run; only when it is run as a whole. */
  readonly profile: Profile | undefined;
  /** The folder that `${KCL_MOD}` stands for. */
  readonly root: string;
}

export interface InputRequest {
  readonly host: KclHost;
  /** Absolute: where relative paths start. */
  readonly folder: string;
  readonly inputs: readonly string[];
  readonly settings: Settings;
  /** Folders of packages, for `${name:KCL_MOD}`. */
  readonly packages: ReadonlyMap<string, string>;
}

/** @throws EvaluationFailure when there is nothing to run */
export function findInputs(request: InputRequest): Inputs {
  const root = findModuleRoot(request.host, joinPath(request.folder, "main.k"));
  const named = chosenInputs(request.inputs, request.settings.files);
  if (named.length === 0) return packageAt(request, request.folder, root);
  const files = named.map((input) => resolveInput(request, input, root));
  const [only] = files;
  const isPackage = files.length === 1 && request.host.readFile(joinPath(only!, "kcl.mod")) !== undefined;
  return isPackage ? packageAt(request, only!, only!) : { files, profile: undefined, root };
}

/** The command line wins. But an input that the settings list too is run together with what they list beside it. */
function chosenInputs(inputs: readonly string[], listed: readonly string[]): readonly string[] {
  return inputs.every((input) => listed.includes(input)) ? listed : inputs;
}

/** `dir/x.k`, `${KCL_MOD}/x.k`, `${name:KCL_MOD}/x.k`. */
function resolveInput(request: InputRequest, input: string, root: string): string {
  if (/^[a-z][a-z+]*:\/\//.test(input))
    throw new EvaluationFailure(`Cannot run '${input}': nothing is downloaded; get the package first, then run its folder`);
  const path = input.replaceAll(/\$\{(?:([\w-]+):)?KCL_MOD\}/g, (_, name?: string) => {
    if (name === undefined) return root;
    const folder = request.packages.get(name);
    if (folder === undefined) throw new EvaluationFailure(`Cannot find the package '${name}' of the path ${input}`);
    return folder;
  });
  return path.startsWith("/") ? joinPath(path) : joinPath(request.folder, path);
}

function packageAt(request: InputRequest, folder: string, root: string): Inputs {
  const { host } = request;
  const manifest = host.readFile(joinPath(folder, "kcl.mod"));
  const profile = manifest === undefined ? undefined : readManifest(manifest).profile;
  const entries = profile?.entries ?? [];
  const main = joinPath(folder, "main.k");
  const found =
    entries.length > 0
      ? entries.map((entry) => resolveInput({ ...request, folder }, entry, root))
      : profile === undefined && host.readFile(main) !== undefined
        ? [main]
        : packageFiles(host, folder);
  if (found.length > 0) return { files: found, profile, root };
  throw new EvaluationFailure(`No input KCL files: ${folder} has no kcl.yaml, no kcl.mod with entries and no *.k file`);
}
