/** Commands about the service of a workspace. */

import { command, group } from "../command/command.js";
import { storageFlags } from "../storage-flags.js";
import {
  countFlag,
  numberFlag,
  onOff,
  placeLetters,
  type ShownFlags,
  shownFlags,
  shownLetters,
  textFlag,
  type WorkspaceFlags,
  workspaceFlags,
} from "./flags.js";

export type StartFlags = WorkspaceFlags & {
  readonly background?: boolean;
  readonly port?: number;
  readonly host?: string;
  readonly workers?: number;
  readonly maxQueued?: number;
  readonly provisioningPath?: string;
  readonly scriptRunner?: string;
  readonly nuPath?: string;
  readonly logLevel?: "debug" | "info" | "warn" | "error";
};
export type LogsFlags = WorkspaceFlags & { readonly follow?: boolean; readonly lines: number };

export const orchestratorGroup = group({
  name: "orchestrator",
  aliases: ["o", "orch"],
  brief: "The service of a workspace",
  commands: [
    command<StartFlags>({
      name: "start",
      brief: "Start the service of this workspace",
      details: "While it runs every command of this workspace goes through it.",
      examples: [
        ["orchestrator start", "in this terminal, until Ctrl-C"],
        ["orchestrator start --background", "and come back when it answers"],
      ],
      loader: async () => (await import("./orchestrator/start.js")).start,
      parameters: {
        flags: {
          ...workspaceFlags,
          ...storageFlags({ hidden: false }),
          background: onOff("Come back when it answers, and leave it running"),
          port: numberFlag("Port on this machine; default 8080, 0: any free one"),
          host: textFlag("address", "Loopback address; default 127.0.0.1"),
          workers: numberFlag("Runs that are carried out at the same time; default 64"),
          maxQueued: numberFlag("Tasks that may wait or run; default 10000"),
          provisioningPath: textFlag("folder", "Installation of the platform; default: this one"),
          scriptRunner: textFlag("program", "What runs scripts on servers, called as sh is; default sh"),
          nuPath: { ...textFlag("program", "The same as --script-runner"), hidden: true },
          logLevel: {
            kind: "enum",
            values: ["debug", "info", "warn", "error"],
            optional: true,
            brief: "What is logged; default info",
          },
        },
        aliases: { ...placeLetters, b: "background", p: "port" },
      },
    }),
    command<WorkspaceFlags>({
      name: "stop",
      brief: "Have the service finish what is under way, and end",
      examples: [["orchestrator stop", "runs that wait are kept for the next start"]],
      loader: async () => (await import("./orchestrator/stop.js")).stop,
      parameters: { flags: workspaceFlags, aliases: placeLetters },
    }),
    command<ShownFlags>({
      name: "status",
      aliases: ["st"],
      brief: "Show whether the service runs, where, and what it does",
      examples: [["orchestrator status", "of this workspace"]],
      loader: async () => (await import("./orchestrator/status.js")).status,
      parameters: { flags: shownFlags, aliases: shownLetters },
    }),
    command<ShownFlags>({
      name: "config",
      brief: "Show what the service is started with, and its storage",
      examples: [["orchestrator config -o json", "to be read by a program; passwords are not shown"]],
      loader: async () => (await import("./orchestrator/config.js")).config,
      parameters: { flags: { ...shownFlags, ...storageFlags({ hidden: true }) }, aliases: shownLetters },
    }),
    command<LogsFlags>({
      name: "logs",
      aliases: ["log"],
      brief: "Show what the service has logged, when it runs in the background",
      examples: [["orchestrator logs --follow --lines 10", "the last ten lines, and more as they come"]],
      loader: async () => (await import("./orchestrator/logs.js")).logs,
      parameters: {
        flags: { ...workspaceFlags, follow: onOff("Go on as more is written"), lines: countFlag("50", "The last so many lines") },
        aliases: { ...placeLetters, f: "follow", n: "lines" },
      },
    }),
  ],
});
