/** How long the command takes to start, beside an empty Node program. `node bench/cli/start.mjs` */

import { fileURLToPath } from "node:url";
import { inTurn, ms, ratio, runProcess } from "../measure/measure.mjs";

const cli = fileURLToPath(new URL("../../core/cli/provisioning", import.meta.url));
const ROUNDS = 15;

const medians = await inTurn(
  {
    "node -e 0": () => runProcess(process.execPath, ["-e", "0"]),
    "provisioning --help": () => runProcess(process.execPath, [cli, "--help"]),
    "provisioning version": () => runProcess(process.execPath, [cli, "version"]),
    "provisioning workspace list": () => runProcess(process.execPath, [cli, "workspace", "list"]),
  },
  ROUNDS,
);
for (const [name, value] of Object.entries(medians))
  console.log(`${name.padEnd(30)} ${ms(value).padStart(10)}  ${ratio(value, medians["node -e 0"])}`);
