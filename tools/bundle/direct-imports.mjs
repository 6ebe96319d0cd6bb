/**
 * Lets imports between our packages go straight to the file that defines a name, past the package's index. A bundler that splits code
 * decides by files: through an index every part of a package would hang together, and a command that needs one small thing would load all.
 */

import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

const IMPORT = /^(import|export) \{([^}]*)\} from "(@provisioning\/[a-z-]+(?:\/[a-z-]+)?)";$/gm;
const LAZY = /\(await import\("(\.[^"]+)"\)\)\.(\w+)/g;
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

/**
 * What is loaded in the midst of a program is kept whole; what is imported at its top is cut down to what is used. So where both mean the same,
 * `import(…)` of files that match `eager` becomes an import at the top.
 */
function importEagerly(text, folder, eager) {
  const heads = [];
  const rest = text.replaceAll(LAZY, (found, file, name) => {
    if (!eager.test(join(folder, file))) return found;
    const alias = `eager${heads.length}`;
    heads.push(`import { ${name} as ${alias} } from "${file}";`);
    return alias;
  });
  return [...heads, rest].join("\n");
}

/** An esbuild plugin. `core`: the folder of the packages. `eager`: paths of modules that need not wait until they are asked for. */
export function directImports(core, eager) {
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
        const read = await readFile(path, "utf8");
        const text = eager === undefined ? read : importEagerly(read, dirname(path), eager);
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
