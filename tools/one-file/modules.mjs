/** The program of the one-file build as modules: our packages, loaded when they are used, with imports of the other packages left as they are. */

import { join } from "node:path";
import { build } from "esbuild";
import { directImports } from "../bundle/direct-imports.mjs";
import { BUNDLED } from "../bundle/options.mjs";
import { root } from "../run/prepare.mjs";

/** What esbuild bundles: our packages, and those that are taken in another form than they have for Node. */
const OURS = /^(@provisioning\/|(yaml|minijinja-js)$)/;

/** Packages are bundled by the runtime, which knows Node's own modules also where only CommonJS asks for them. */
const leavePackages = {
  name: "leave-packages",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === "found" || OURS.test(path)) return undefined;
      const found = await resolve(path, { resolveDir, kind, pluginData: "found" });
      return { path: found.errors.length > 0 ? path : found.path, external: true };
    });
  },
};

/** What a module of ours finds in the installation is part of the program here. */
const replaceViewer = {
  name: "replace-viewer",
  setup({ onResolve }) {
    onResolve({ filter: /\/viewer-file\.js$/ }, () => ({ path: join(root, "tools/one-file/viewer-file.mjs") }));
    onResolve({ filter: /\/standalone\.js$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), external: true }));
  },
};

/** Writes `start.js` and what it loads. `archive`: name of a file beside it, `digest`: of its content. */
export function writeModules(outdir, archive, digest) {
  return build({
    stdin: { contents: startProgram(archive, digest), resolveDir: root, sourcefile: "start.js" },
    entryNames: "start",
    outdir,
    ...BUNDLED,
    splitting: true,
    format: "esm",
    loader: { ".wasm": "copy" },
    external: [`./${archive}`],
    alias: {
      yaml: join(root, "node_modules/yaml/browser/index.js"),
      "minijinja-js": join(root, "tools/one-file/template-engine.mjs"),
    },
    plugins: [leavePackages, replaceViewer, directImports(join(root, "core"))],
  });
}

const startProgram = (archive, digest) => `
import archive from "./${archive}" with { type: "file" };
import { runOneFile } from "./core/cli/dist/bin/one-file.js";
await runOneFile({
  files: { archive, digest: "${digest}" },
  startService: () => import("./platform/orchestrator/dist/main.js"),
});
`;
