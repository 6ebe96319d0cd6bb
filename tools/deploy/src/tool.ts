/** Programs that judge what is deployed. Where one is not installed its tests are skipped with the reason; in CI that is a failure. */

import { spawnSync } from "node:child_process";

const PACKAGES: Readonly<Record<string, string>> = {
  promtool: "prometheus",
  kubectl: "kubernetes-client of trixie",
  "systemd-analyze": "systemd",
};

/** Why tests with `program` cannot run, or nothing. */
export function reasonWithout(program: string): string | undefined {
  const found = spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
  if (found) return undefined;
  const reason = `${program} is not installed; on Debian it is in the package ${PACKAGES[program] ?? program}`;
  if (process.env.CI) throw new Error(reason);
  return reason;
}
