/**
 * Bundles the command with code splitting: the start path holds the command table only, everything else is a chunk that a
 * command loads when it runs. Libraries stay outside the bundle.
 */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const outdir = join(root, "core/cli/bundle");

await rm(outdir, { recursive: true, force: true });
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
  external: ["ssh2", "minijinja-js", "yaml", "smol-toml", "zod", "dockerode"],
  logLevel: "warning",
});
