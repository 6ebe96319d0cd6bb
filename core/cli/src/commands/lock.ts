/** Commands on locks, logs of services, and the dashboard. */

import { command, group } from "../command/command.js";
import {
  argument,
  type ChangeFlags,
  checkFlag,
  countFlag,
  infraFlag,
  type InfraFlags,
  namesFlag,
  onOff,
  placeLetters,
  positional,
  type ShownFlags,
  shownFlags,
  shownLetters,
  type WorkspaceFlags,
  workspaceFlags,
  yesFlag,
} from "./flags.js";

export const lockGroup = group({
  name: "lock",
  aliases: ["lk", "locks"],
  brief: "Who holds what, and since when",
  commands: [
    command<ShownFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List who holds the store and the runs of a workspace",
      examples: [["lock list", "who, since when, last sign of life, doing what"]],
      loader: async () => (await import("./lock/locks.js")).list,
      parameters: { flags: shownFlags, aliases: shownLetters },
      result: "lock.list",
    }),
    command<ShownFlags & ChangeFlags, [string]>({
      name: "break",
      brief: "Take a lock away from whoever holds it",
      details:
        "The holder stops before it writes anything more. What it is doing on a server right then goes on. Asks for the name.",
      examples: [
        ["lock break store", "a name that lock list shows"],
        ["lock break store --check", "only show who would lose it"],
      ],
      loader: async () => (await import("./lock/locks.js")).breakOne,
      parameters: {
        flags: { ...shownFlags, ...yesFlag, ...checkFlag },
        aliases: { ...shownLetters, y: "yes" },
        positional: positional(argument("lock", "Name of a lock, as lock list shows it")),
      },
      result: "lock.break",
    }),
  ],
});

export type TailFlags = InfraFlags & { readonly follow?: boolean; readonly lines: number; readonly servers?: readonly string[] };

export const logsGroup = group({
  name: "logs",
  aliases: ["lg"],
  brief: "Logs of services where they run",
  commands: [
    command<TailFlags, [string]>({
      name: "tail",
      aliases: ["t"],
      shortcuts: ["tail"],
      brief: "Show the last lines of a service's log, on all its servers",
      examples: [
        ["logs tail nginx", "the last lines"],
        ["logs tail -f nginx --servers web-01", "and go on as more is written, until Ctrl-C"],
      ],
      loader: async () => (await import("./logs/tail.js")).tail,
      parameters: {
        flags: {
          ...infraFlag,
          ...workspaceFlags,
          follow: onOff("Go on as more is written"),
          lines: countFlag("20", "The last so many lines"),
          servers: namesFlag("Only on these servers, separated by commas"),
        },
        aliases: { ...placeLetters, i: "infra", f: "follow", n: "lines" },
        positional: positional(argument("taskserv", "Name of a taskserv")),
      },
    }),
  ],
});

export const dashboardGroup = group({
  name: "dashboard",
  aliases: ["db", "dash"],
  brief: "The page that shows how everything is",
  commands: [
    command<WorkspaceFlags & { readonly print?: boolean }>({
      name: "open",
      aliases: ["o"],
      brief: "Open the dashboard in a browser",
      details: "The address in the key dashboard.url, such as that of Grafana; else the page of the running service.",
      examples: [
        ["dashboard open", "in a browser"],
        ["dashboard open --print", "only print its address"],
      ],
      loader: async () => (await import("./dashboard/open.js")).open,
      parameters: { flags: { ...workspaceFlags, print: onOff("Only print the address") }, aliases: placeLetters },
    }),
  ],
});
