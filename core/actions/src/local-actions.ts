/** Actions that mean the machine and the folder of whoever asks: their files, their terminal, their list of workspaces. No service does them. */

import type { ActionName } from "./action-table.js";

const DOMAINS: ReadonlySet<string> = new Set(["config", "generate", "kcl", "machine", "sops", "version", "workspace"]);
const NAMES: ReadonlySet<string> = new Set(["infra.names", "lock.break", "lock.list", "server.ssh", "service.logCommands"]);

export function isLocalAction(name: ActionName): boolean {
  return DOMAINS.has(name.split(".")[0] as string) || NAMES.has(name);
}
