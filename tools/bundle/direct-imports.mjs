/**
 * Lets imports between our packages go straight to the file that defines a name, past the package's index. A bundler that splits code
 * decides by files: through an index every part of a package would hang together, and a command that needs one small thing would load all.
 */

import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

const IMPORT = /^(import|export) \{([^}]*)\} from "(@provisioning\/[a-z-]+(?:\/[a-z-]+)?)";$/gm;
const EXPORT = /^export \{([^}]*)\} from "([^"]+)";$/gm;

const specifiers = (list) =>
  list
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => {
      const [name, alias = name] = item.split(/\s+as\s+/);
      return { name, alias };
    });

/** Public name to the file that has it and its name there, for each entry of our packages. `lookUp` knows the exports of another package. */
async function exportsOf(entry, lookUp) {
  const found = new Map();
  for (const [, list, source] of (await readFile(entry, "utf8")).matchAll(EXPORT)) {
    const others = source.startsWith(".") ? undefined : await lookUp(source);
    for (const { name, alias } of specifiers(list)) {
      const target = others === undefined ? { file: join(dirname(entry), source), name } : others.get(name);
      if (target !== undefined) found.set(alias, target);
    }
  }
  return found;
}

/** An esbuild plugin. `core`: the folder of the packages. */
export function directImports(core) {
  const entries = new Map();
  const lookUp = async (specifier, resolve, folder) => {
    if (!entries.has(specifier)) {
      const { path } = await resolve(specifier, { resolveDir: folder, kind: "import-statement" });
      entries.set(
        specifier,
        exportsOf(path, (other) => lookUp(other, resolve, dirname(path))),
      );
    }
    return entries.get(specifier);
  };
  return {
    name: "direct-imports",
    setup({ onLoad, resolve }) {
      onLoad({ filter: /\/dist\/.*\.js$/ }, async ({ path }) => {
        if (!path.startsWith(core)) return undefined;
        const text = await readFile(path, "utf8");
        const known = new Map();
        for (const [, , , specifier] of text.matchAll(IMPORT))
          known.set(specifier, await lookUp(specifier, resolve, dirname(path)));
        const contents = text.replaceAll(IMPORT, (_, verb, list, specifier) =>
          specifiers(list)
            .map(({ name, alias }) => {
              const target = known.get(specifier).get(name);
              if (target === undefined) return `${verb} { ${name} as ${alias} } from "${specifier}";`;
              const file = relative(dirname(path), target.file);
              return `${verb} { ${target.name} as ${alias} } from "${file.startsWith(".") ? file : `./${file}`}";`;
            })
            .join(" "),
        );
        return { contents, loader: "js" };
      });
    },
  };
}
