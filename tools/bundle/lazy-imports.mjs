/** Takes what a file imports when it runs out of its bundle, and remembers it: each becomes an entry of another bundle beside it. */

import { basename } from "node:path";

/** `light`: paths that stay in the bundle. `plugin`: for esbuild; `entries`: afterwards, the path of each other module by its bundle's name. */
export function lazyImports(light) {
  const names = new Map();
  const nameOf = (path) => {
    if (!names.has(path)) names.set(path, uniqueName(path, new Set(names.values())));
    return names.get(path);
  };
  const plugin = {
    name: "lazy-imports",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /.*/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (kind !== "dynamic-import" || pluginData === "found" || path.startsWith("node:")) return undefined;
        const found = await resolve(path, { resolveDir, kind, pluginData: "found" });
        return light.test(found.path) ? found : { path: `./${nameOf(found.path)}.js`, external: true };
      });
    },
  };
  return { plugin, entries: () => Object.fromEntries([...names].map(([path, name]) => [name, path])) };
}

/** `commands/server/change.js` is `server-change`. */
function uniqueName(path, taken) {
  const parts = path.split("/");
  const name = `${parts.at(-2)}-${basename(path, ".js")}`;
  return taken.has(name) ? uniqueName(`${path.slice(0, -3)}-2.js`, taken) : name;
}
