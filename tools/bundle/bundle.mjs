/**
 * Bundles the command with code splitting: its start path holds the command table only, everything else is a chunk that is loaded when it is
 * used. The service is one file: it goes on as it is while a newer version is installed over it. Libraries with code of the machine or
 * WebAssembly stay outside.
 */

import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { directImports } from "./direct-imports.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const NATIVE = ["ssh2", "minijinja-js"];
/** Loaded when somebody asks for what they give. */
const RARE = ["@opentelemetry/*", "@scalar/*"];
/** CommonJS inside a module asks for Node's own modules by `require`. */
const REQUIRE = 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

await bundle("core/cli", "dist/bin/provisioning.js", { external: NATIVE, splitting: true });
await bundle("platform/orchestrator", "dist/main.js", {
  external: [...NATIVE, ...RARE],
  splitting: false,
  banner: { js: REQUIRE },
});

async function bundle(folder, entry, options) {
  const target = join(root, folder, "bundle");
  const outdir = `${target}.${process.pid}`;
  await build({
    entryPoints: [join(root, folder, entry)],
    outdir,
    bundle: true,
    ...options,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // The build for Node consists of many CommonJS files, which take five times as long to load.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    logLevel: "warning",
    plugins: [directImports(join(root, "core"))],
  });
  // A process that starts meanwhile finds the old bundle or the new one, but for the moment between two renames.
  const old = `${target}.old.${process.pid}`;
  await rename(target, old).catch(() => undefined);
  await rename(outdir, target);
  await rm(old, { recursive: true, force: true });
}
