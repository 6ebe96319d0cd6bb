/** Commands about versions: of the program, of extensions, and of the software that these install. */

import { command, group } from "../command/command.js";
import {
  onOff,
  type OutputFlags,
  outputFlag,
  outputLetter,
  several,
  type ShownFlags,
  shownFlags,
  shownLetters,
} from "./flags.js";

const checkFlag = { check: onOff("Only show what would change") } as const;
const installedFlag = { installed: onOff("Take the software that is on the servers") } as const;
const refreshFlag = { refresh: onOff("Ask again, whatever is known") } as const;
const parameters = { flags: shownFlags, aliases: shownLetters } as const;

export type AskedFlags = ShownFlags & { readonly refresh?: boolean };
export type InstalledFlags = { readonly installed?: boolean };
export type LockFlags = ShownFlags & { readonly check?: boolean };

const showVersion = command<OutputFlags>({
  name: "version",
  brief: "Show the version of this program",
  examples: [["version", "of provisioning and of what it runs on"]],
  loader: async () => (await import("./machine/version.js")).version,
  parameters: { flags: outputFlag, aliases: outputLetter },
});

export const versionGroup = group({
  name: "version",
  aliases: ["ver", "v"],
  brief: "Versions of the program, of extensions and of software",
  details:
    "Rules and mirrors are keys below versions in the configuration; what a workspace was made with is in provisioning.lock.",
  main: showVersion,
  commands: [
    command<ShownFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List what is present, installed, locked and available",
      examples: [["version list", "nobody is asked; see version check"]],
      loader: async () => (await import("./version/versions.js")).list,
      parameters,
      result: "version.list",
    }),
    command<AskedFlags, string[]>({
      name: "check",
      aliases: ["c"],
      brief: "Ask whether there is newer software",
      details: "Answers count for a day, or as long as versions.grace_hours says.",
      examples: [
        ["version check", "of all taskservs that have a source"],
        ["version check nginx --refresh", "ask again"],
      ],
      loader: async () => (await import("./version/versions.js")).check,
      parameters: {
        flags: { ...shownFlags, ...refreshFlag },
        aliases: shownLetters,
        positional: several("taskserv", "Names of taskservs; all when missing"),
      },
      result: "version.check",
    }),
    command<LockFlags & InstalledFlags>({
      name: "lock",
      brief: "Write down what the workspace is made with",
      examples: [
        ["version lock", "versions and contents, into provisioning.lock"],
        ["version lock --check", "show what would change in it"],
        ["version lock --installed", "with the software that is on the servers"],
      ],
      loader: async () => (await import("./version/versions.js")).lock,
      parameters: { flags: { ...shownFlags, ...checkFlag, ...installedFlag }, aliases: shownLetters },
      result: "version.lock",
    }),
    command<AskedFlags & LockFlags, string[]>({
      name: "upgrade",
      aliases: ["up"],
      brief: "Move locked software to the newest that is allowed",
      examples: [
        ["version upgrade --check", "show what would be moved"],
        ["version upgrade nginx", "as far as its strategy allows"],
      ],
      loader: async () => (await import("./version/versions.js")).upgrade,
      parameters: {
        flags: { ...shownFlags, ...refreshFlag, ...checkFlag },
        aliases: shownLetters,
        positional: several("taskserv", "Names of taskservs; all that are locked when missing"),
      },
      result: "version.upgrade",
    }),
  ],
});
