/**
 * `npm run one-file`: makes one executable of the command, the service and the platform's files: core/cli/one-file/provisioning. It needs neither
 * Node nor an installation. `npm run one-file -- --system linux-arm64 --out FILE` makes one for another system.
 *
 * esbuild makes modules of our packages as for the bundle, loaded when they are used; the runtime adds the other packages, translates all of it to its
 * bytecode and puts it behind itself.
 */

import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runQuietly } from "../run/exec.mjs";
import { prepare, root } from "../run/prepare.mjs";
import { main, say, step } from "../run/report.mjs";
import { packFiles } from "./files.mjs";
import { writeModules } from "./modules.mjs";
import { installedRuntime, ownSystem } from "./runtime.mjs";

/** Absent where nobody compiled them, and not needed. */
const NATIVE = ["cpu-features", "*.node"];
const ARCHIVE = "platform-files.gz";

await main(async () => {
  const { values } = parseArgs({
    options: { system: { type: "string", default: ownSystem }, out: { type: "string" }, built: { type: "boolean" } },
  });
  const target = resolve(values.out ?? join(root, "core/cli/one-file/provisioning"));
  if (values.built !== true) await prepare();
  const runtime = await step("Install the runtime", () => installedRuntime(values.system));
  const builder = values.system === ownSystem ? runtime : await installedRuntime(ownSystem);
  await step("Make one file", () => make(target, runtime, builder));
  say(`${target}: ${Math.round((await stat(target)).size / 1e6)} MB`);
});

async function make(target, runtime, builder) {
  // Inside the repository: the runtime looks for packages from there.
  await mkdir(join(root, ".cache"), { recursive: true });
  const work = await mkdtemp(join(root, ".cache/one-file-"));
  try {
    const files = await packFiles();
    await writeFile(join(work, ARCHIVE), files.archive);
    await writeModules(work, ARCHIVE, files.digest);
    const draft = join(work, "provisioning");
    await compile(join(work, "start.js"), draft, runtime, builder);
    await mkdir(dirname(target), { recursive: true });
    await rename(draft, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Files of settings in the folder where the command is called are not for the runtime. */
function compile(entry, target, runtime, builder) {
  const words = [
    "--compile",
    "--target=bun",
    "--format=esm",
    "--splitting",
    "--bytecode",
    "--minify-syntax",
    "--minify-whitespace",
  ];
  const quiet = ["dotenv", "bunfig", "tsconfig"].map((name) => `--no-compile-autoload-${name}`);
  const outside = NATIVE.flatMap((name) => ["--external", name]);
  const given = [
    ...words,
    ...quiet,
    "--compile-autoload-package-json",
    ...outside,
    "--compile-executable-path",
    runtime,
    "--outfile",
    target,
    entry,
  ];
  return runQuietly(builder, ["build", ...given], { cwd: root });
}
