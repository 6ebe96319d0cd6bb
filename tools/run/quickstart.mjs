/**
 * `npm run quickstart`: from a fresh clone to running services. Sets up what is missing, makes a workspace from the example, shows the
 * plan, applies it and shows what runs. A second time nothing changes. `npm run quickstart -- --destroy` takes all of it away again.
 */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./exec.mjs";
import { prepare, root } from "./prepare.mjs";
import { main, say, sayHeading, SetupError } from "./report.mjs";

const NAME = "quickstart";
const dir = join(root, "workspaces", NAME);
const cli = join(root, "core", "cli", "provisioning");

const provisioning = (...words) => run(process.execPath, [cli, ...words], { cwd: root });

/** @throws SetupError when the command fails */
async function mustRun(title, ...words) {
  sayHeading(title);
  say(`$ provisioning ${words.join(" ")}`);
  const code = await provisioning(...words);
  if (code !== 0)
    throw new SetupError(
      `"provisioning ${words.join(" ")}" ended with exit code ${code}. Run the same command again: what is done stays done.`,
    );
}

async function create() {
  await mustRun("This machine", "doctor", "--fix");
  if (!existsSync(join(dir, "config", "provisioning.yaml"))) {
    await mustRun("The workspace", "workspace", "init", NAME, "--dir", dir, "--from", join(root, "examples", NAME));
  }
  await mustRun("The plan", "plan", "--workspace", dir);
  await mustRun("Apply it", "apply", "--workspace", dir, "--yes");
  await mustRun("Health", "health-check", "--workspace", dir);
  await mustRun("What runs", "cluster", "status", "--workspace", dir);
  sayHeading("Next");
  say(`  npx provisioning server ssh web-01                   a shell on a server
  npx provisioning plan                                what would change, after editing
                                                       ${join("workspaces", NAME, "infra", "shop", "services.k")}
  npx provisioning drift                               what was changed by hand
  npm run quickstart -- --destroy                      take everything away again`);
}

async function destroy() {
  if (existsSync(dir)) {
    await mustRun("Remove everything", "cluster", "delete", "--workspace", dir, "--yes");
    await provisioning("workspace", "remove", NAME);
    rmSync(dir, { recursive: true, force: true });
  }
  say("Nothing of the quickstart is left on this machine; the base image stays for the next time.");
}

await main(async () => {
  await prepare();
  await (process.argv.includes("--destroy") ? destroy() : create());
});
