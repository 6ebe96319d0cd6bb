/** Installing packages on this machine; only ever called when the user asked for it or lets us set up what is missing. */

import type { CommandResult, Machine } from "./machine.js";

/** Other package managers on the machine finish within this time. */
const LOCK_WAIT_SECONDS = 300;
const NONINTERACTIVE = { DEBIAN_FRONTEND: "noninteractive" };

/** The commands as a person would type them. */
export function aptCommands(packages: readonly string[]): string[][] {
  return [
    ["apt-get", "update"],
    ["apt-get", "install", "-y", "--no-install-recommends", ...packages],
  ];
}

/** Installs at once when the package lists know the packages, else refreshes them first. Root only. */
export async function aptInstall(machine: Machine, packages: readonly string[], signal?: AbortSignal): Promise<CommandResult> {
  const options = { environment: NONINTERACTIVE, signal };
  const wait = ["-o", `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`];
  const install = ["apt-get", "-qq", ...wait, "install", "-y", "--no-install-recommends", ...packages];
  const first = await machine.run(install, options);
  if (first.exitCode === 0) return first;
  const update = await machine.run(["apt-get", "-qq", ...wait, "update"], options);
  return update.exitCode === 0 ? machine.run(install, options) : update;
}
