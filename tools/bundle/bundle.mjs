/**
 * Bundles the command and the service with code splitting: the start path of the command holds the command table only, everything else is
 * a chunk that is loaded when it is used. Libraries with code of the machine or WebAssembly stay outside, and so do those of the service,
 * which load each other in ways that a bundler cannot follow.
 */

import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { directImports } from "./direct-imports.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const NATIVE = ["ssh2", "minijinja-js"];
const SERVER = ["fastify", "@fastify/*", "@scalar/*", "pino", "prom-client", "ws"];

await bundle("core/cli", "dist/bin/provisioning.js", NATIVE);
await bundle("platform/orchestrator", "dist/main.js", [...NATIVE, ...SERVER]);

async function bundle(folder, entry, external) {
  const target = join(root, folder, "bundle");
  const outdir = `${target}.${process.pid}`;
  await build({
    entryPoints: [join(root, folder, entry)],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    external,
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
