/** The platform's files that the command reads while it runs, packed for the one-file build. */

import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../run/prepare.mjs";

const FOLDERS = ["kcl", "config", "templates", "docs/user", "extensions/taskservs"];
const PROVIDERS = "extensions/providers";
/** Tests stay at home. */
const LEFT_OUT = /\.test\.ts$|^extensions\/taskservs\/testing\//;
/** What CommonJS in a module asks for. */
const REQUIRE = 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

/** `archive`: what core/cli/src/one-file/platform-files.ts unpacks. `digest`: of its content. */
export async function packFiles() {
  const paths = (await Promise.all(FOLDERS.map(filesIn))).flat().filter((path) => !LEFT_OUT.test(path));
  const files = [...(await Promise.all(paths.sort().map(packedFile))), ...(await packedProviders())];
  const text = JSON.stringify(files);
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { archive: gzipSync(text, { level: 9 }), digest };
}

async function filesIn(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function packedFile(path) {
  const bytes = await readFile(join(root, path));
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes)) throw new Error(`${path} is no text.`);
  return [path, text, ((await stat(join(root, path))).mode & 0o100) !== 0];
}

/** A provider is imported from its folder, where there are no packages: it becomes one module with all that it uses. */
async function packedProviders() {
  const names = (await readdir(join(root, PROVIDERS))).sort();
  const each = names.map(async (name) => {
    const folder = `${PROVIDERS}/${name}`;
    const manifest = await packedFile(`${folder}/manifest.toml`);
    const entry = /^entry\s*=\s*"([^"]+)"/m.exec(manifest[1])?.[1];
    if (entry === undefined) throw new Error(`${folder}/manifest.toml names no entry.`);
    const { outputFiles } = await build({
      entryPoints: [join(root, folder, entry)],
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      target: "node20.19",
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      external: ["*.node", "cpu-features"],
      banner: { js: REQUIRE },
      logLevel: "warning",
    });
    return [
      manifest,
      [`${folder}/package.json`, '{ "type": "module" }\n', false],
      [`${folder}/${entry}`, outputFiles[0].text, false],
    ];
  });
  return (await Promise.all(each)).flat();
}
