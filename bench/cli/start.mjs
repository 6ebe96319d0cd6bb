/** How long the command takes to start, beside an empty Node program. `node bench/cli/start.mjs` */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTurn, ms, ratio, runProcess } from "../measure/measure.mjs";

const cli = fileURLToPath(new URL("../../core/cli/provisioning", import.meta.url));
const ROUNDS = 15;

/** The list of workspaces and the files are the benchmark's own. */
const folder = mkdtempSync(join(tmpdir(), "start-"));
process.env.XDG_CONFIG_HOME = join(folder, "config");
const file = join(folder, "a.k");
writeFileSync(file, "a = 1\n");
const provisioning =
  (...words) =>
  () =>
    runProcess(process.execPath, [cli, ...words]);

try {
  provisioning("workspace", "init", "shop", "--dir", join(folder, "shop"))();
  const medians = await inTurn(
    {
      "node -e 0": () => runProcess(process.execPath, ["-e", "0"]),
      "provisioning --help": provisioning("--help"),
      "provisioning version": provisioning("version"),
      "provisioning workspace list": provisioning("workspace", "list"),
      "provisioning workspace current": provisioning("workspace", "current"),
      "provisioning workspace switch": provisioning("workspace", "switch", "shop"),
      "provisioning taskserv list --all": provisioning("taskserv", "list", "--all"),
      "provisioning kcl run": provisioning("kcl", "run", file),
    },
    ROUNDS,
  );
  for (const [name, value] of Object.entries(medians))
    console.log(`${name.padEnd(34)} ${ms(value).padStart(10)}  ${ratio(value, medians["node -e 0"])}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
