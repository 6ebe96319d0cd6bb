/**
 * Bundles the command in two parts. Its start path holds the command table only, as one CommonJS file: Node is ready for that in a third of the
 * time that it needs for modules. Everything else are modules that are loaded when they are used, with what they share split off. The service
 * is one file: it goes on as it is while a newer version is installed over it. Libraries with code of the machine or WebAssembly stay outside.
 */

import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { directImports } from "./direct-imports.mjs";
import { lazyImports } from "./lazy-imports.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const NATIVE = ["ssh2", "minijinja-js"];
/** Loaded when somebody asks for what they give. */
const RARE = ["@opentelemetry/*", "@scalar/*"];
/** CommonJS inside a module asks for Node's own modules by `require`. */
const REQUIRE = 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

/** The start of the command is CommonJS, which has no `import.meta`. */
const OWN_URL = 'const ownUrl = require("node:url").pathToFileURL(__filename).href;';

/** What has to be there at once, and needs nothing but the table of commands. */
const LIGHT =
  /cli\/dist\/(help\/write-help|commands\/machine\/version|commands\/utilities\/(quick-reference|listings|explain|guide|completion-script))\.js$/;

await inPlaceOf("core/cli/bundle", async (outdir) => {
  const lazy = lazyImports(LIGHT);
  await bundle({
    entryPoints: { provisioning: join(root, "core/cli/dist/bin/provisioning.js") },
    outdir,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    banner: { js: OWN_URL },
    define: { "import.meta.url": "ownUrl" },
    external: NATIVE,
    plugins: [lazy.plugin],
  });
  await bundle({ entryPoints: lazy.entries(), outdir, format: "esm", external: NATIVE, splitting: true });
  await writeFile(join(outdir, "package.json"), '{ "type": "module" }\n');
});
await inPlaceOf("platform/orchestrator/bundle", (outdir) =>
  bundle({
    entryPoints: [join(root, "platform/orchestrator/dist/main.js")],
    outdir,
    format: "esm",
    external: [...NATIVE, ...RARE],
    banner: { js: REQUIRE },
  }),
);

function bundle({ plugins = [], ...options }) {
  return build({
    bundle: true,
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // The build for Node consists of many CommonJS files, which take five times as long to load.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    logLevel: "warning",
    ...options,
    plugins: [...plugins, directImports(join(root, "core"))],
  });
}

/** A process that starts meanwhile finds the old bundle or the new one, but for the moment between two renames. */
async function inPlaceOf(folder, make) {
  const target = join(root, folder);
  const outdir = `${target}.${process.pid}`;
  await make(outdir);
  const old = `${target}.old.${process.pid}`;
  await rename(target, old).catch(() => undefined);
  await rename(outdir, target);
  await rm(old, { recursive: true, force: true });
}
