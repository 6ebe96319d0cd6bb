/** Takes what a file imports when it runs out of its bundle, and remembers it: each becomes an entry of another bundle beside it. */

import { basename } from "node:path";

/**
 * `plugin`: for esbuild; paths that match `within` stay in the bundle, those that are quick become CommonJS. `entries` and `quickEntries`:
 * afterwards, name and path of each module.
 */
export function lazyImports() {
  const names = { ".js": new Map(), ".cjs": new Map() };
  const nameOf = (path, ending) => {
    const known = names[ending];
    const taken = new Set(Object.values(names).flatMap((each) => [...each.values()]));
    if (!known.has(path)) known.set(path, uniqueName(path, taken));
    return `./${known.get(path)}${ending}`;
  };
  const plugin = ({ within, isQuick }) => ({
    name: "lazy-imports",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /.*/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (kind !== "dynamic-import" || pluginData === "found" || path.startsWith("node:")) return undefined;
        const found = await resolve(path, { resolveDir, kind, pluginData: "found" });
        if (within.test(found.path)) return found;
        return { path: nameOf(found.path, isQuick(found.path) ? ".cjs" : ".js"), external: true };
      });
    },
  });
  const entriesWith = (ending) => [...names[ending]].map(([path, name]) => [name, path]);
  return { plugin, entries: () => entriesWith(".js"), quickEntries: () => entriesWith(".cjs") };
}

/** `commands/server/change.js` is `server-change`. */
function uniqueName(path, taken) {
  const parts = path.split("/");
  const name = `${parts.at(-2)}-${basename(path, ".js")}`;
  return taken.has(name) ? uniqueName(`${path.slice(0, -3)}-2.js`, taken) : name;
}
