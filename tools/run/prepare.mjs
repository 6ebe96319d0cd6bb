/**
 * Brings a fresh clone to the point where everything can run: the right Node, the dependencies of the lock file, a build.
 * Uses Node's built-in modules only. What is up to date is not done again.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runQuietly } from "./exec.mjs";
import { SetupError, step } from "./report.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const OLDEST_NODE = [20, 19];

export async function prepare() {
  checkNode();
  await installDependencies();
  await build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE.join(".")} or newer, then run this command again.`,
  );
}

async function installDependencies() {
  const stampFile = join(root, "node_modules", ".installed");
  const stamp = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(`${process.version} ${process.platform} ${process.arch}`)
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  // Not `npm ci`: it refuses a lock file that was made where a mirror lacks the optional packages of other platforms. This installs
  // what the lock file says as well, and writes nothing but node_modules.
  await step("Install dependencies (npm install)", async () => {
    await runQuietly("npm", ["install", "--no-save", "--no-progress"], { cwd: root });
    writeFileSync(stampFile, stamp);
  });
}

/** The type checker's own build information makes this quick when little changed. */
export async function build() {
  await step("Build", async () => {
    const compiler = createRequire(join(root, "package.json"))
      .resolve("typescript7/package.json")
      .replace(/package\.json$/, "bin/tsc");
    await runQuietly(process.execPath, [compiler, "-b"], { cwd: root });
    await runQuietly(process.execPath, [join(root, "tools/bundle/bundle.mjs")], { cwd: root });
  });
}
