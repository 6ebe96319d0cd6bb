/**
 * What a definition can refer to: the platform's package `provisioning`, its modules under the short paths that definitions use, and its
 * schemas by their bare names in a file that neither imports nor defines them.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KclHost, LoadInput } from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";

/** The package that users import, and the short paths of its modules. */
export function platformPackages(kclDir: string): Required<Pick<LoadInput, "packages" | "aliases">> {
  return {
    packages: { provisioning: kclDir },
    aliases: { workflows: "provisioning.workflows", "kcl_plugin.kubernetes": "provisioning.kubernetes" },
  };
}

/** Modules whose schemas may be written without an import. An earlier one wins. */
const BARE_MODULES = ["settings", "server", "taskserv", "workflows"] as const;

/** A file that is not on the disk. */
export interface GivenFile {
  readonly file: string;
  readonly text: string;
}

/** `files` are absolute paths. `given` is read instead of what may be there. */
export function definitionInput(kclDir: string, files: readonly string[], given?: GivenFile): LoadInput {
  const node = createNodeHost();
  const host = given === undefined ? node : withFile(node, given.file, given.text);
  const prelude = preludeFor(
    files.map((file) => host.readFile(file) ?? ""),
    schemasOf(kclDir),
  );
  const input = { host, files, ...platformPackages(kclDir) };
  if (prelude === "") return input;
  const file = join(kclDir, "bare_names.k");
  return { ...input, host: withFile(host, file, prelude), files: [...files, file] };
}

/** Name of a schema to the module that has it. */
function schemasOf(kclDir: string): ReadonlyMap<string, string> {
  const there = new Set(readdirSync(kclDir));
  const found = new Map<string, string>();
  for (const module of BARE_MODULES) {
    if (!there.has(`${module}.k`)) continue;
    const text = readFileSync(join(kclDir, `${module}.k`), "utf8");
    for (const [, name = ""] of text.matchAll(/^schema (\w+)/gm)) if (!found.has(name)) found.set(name, module);
  }
  return found;
}

/** A file of the same package that defines the names which the others use and do not have. Empty when there is none. */
export function preludeFor(texts: readonly string[], schemas: ReadonlyMap<string, string>): string {
  const whole = texts.join("\n");
  const own = new Set(
    [...whole.matchAll(/^(?:schema|mixin|protocol|rule|type)\s+(\w+)|\bas\s+(\w+)\s*$|^(\w+)\s*[:=]/gm)].flat(),
  );
  const used = new Set([...whole.matchAll(/(?<![\w.$])[A-Z]\w*/g)].map(([name]) => name));
  const wanted = [...used].filter((name) => schemas.has(name) && !own.has(name)).sort();
  return wanted
    .map((name) => {
      const module = schemas.get(name);
      return `import provisioning.${module} as _${module}\nschema ${name}(_${module}.${name}):\n    """As provisioning.${module}.${name}."""\n`;
    })
    .join("");
}

function withFile(host: KclHost, file: string, text: string): KclHost {
  return { ...host, readFile: (path) => (path === file ? text : host.readFile(path)) };
}
