/**
 * Bundles the command with code splitting: the start path holds the command table only, everything else is a chunk that a
 * command loads when it runs. Libraries with code of the machine or WebAssembly stay outside the bundle.
 */

import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { directImports } from "./direct-imports.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = join(root, "core/cli/bundle");
const outdir = `${target}.${process.pid}`;

await build({
  entryPoints: [join(root, "core/cli/dist/bin/provisioning.js")],
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  chunkNames: "chunks/[name]-[hash]",
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: "none",
  external: ["ssh2", "minijinja-js"],
  // The build for Node consists of many CommonJS files, which take five times as long to load.
  alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
  logLevel: "warning",
  plugins: [directImports(join(root, "core"))],
});

// A command that starts meanwhile finds the old bundle or the new one, but for the moment between two renames.
const old = `${target}.old.${process.pid}`;
await rename(target, old).catch(() => undefined);
await rename(outdir, target);
await rm(old, { recursive: true, force: true });
