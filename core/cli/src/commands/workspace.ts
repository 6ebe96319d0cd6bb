/** Commands on workspaces. */

import { command, group } from "../command/command.js";
import {
  type CheckFlags,
  checkFlag,
  argument,
  onOff,
  optionalArgument,
  positional,
  type ShownFlags,
  shownFlags,
  shownLetters,
  textFlag,
  type StrictFlags,
  strictFlag,
} from "./flags.js";

const name = argument("workspace", "Name of a workspace");
const parameters = { flags: shownFlags, aliases: shownLetters } as const;

export const workspaceGroup = group({
  name: "workspace",
  aliases: ["ws", "workspaces"],
  brief: "Workspaces: folders with definitions, configuration and records",
  commands: [
    command<ShownFlags & CheckFlags & { readonly dir?: string; readonly from?: string }, [string]>({
      name: "init",
      aliases: ["i", "new"],
      shortcuts: ["init"],
      brief: "Make a workspace and make it the active one",
      examples: [
        ["workspace init shop", "in a new folder of that name"],
        ["workspace init shop --from examples/quickstart", "as a copy of an example"],
      ],
      loader: async () => (await import("./workspace/workspaces.js")).init,
      parameters: {
        flags: {
          ...shownFlags,
          dir: textFlag("path", "Folder; default: one of that name here"),
          from: textFlag("path", "Folder to copy, for example an example"),
          ...checkFlag,
        },
        aliases: shownLetters,
        positional: positional(argument("name", "Name of the new workspace")),
      },
      result: "workspace.create",
    }),
    command<ShownFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List workspaces, last used first",
      examples: [["workspace list", "the active one has a star"]],
      loader: async () => (await import("./workspace/workspaces.js")).list,
      parameters,
      result: "workspace.list",
    }),
    command<ShownFlags & CheckFlags, [string]>({
      name: "switch",
      aliases: ["sw", "use"],
      shortcuts: ["use"],
      brief: "Make another workspace the active one",
      examples: [["workspace switch staging", "commands in folders without a workspace now work there"]],
      loader: async () => (await import("./workspace/workspaces.js")).switchTo,
      parameters: { flags: { ...shownFlags, ...checkFlag }, aliases: shownLetters, positional: positional(name) },
      result: "workspace.switch",
    }),
    command<ShownFlags>({
      name: "current",
      aliases: ["cur"],
      shortcuts: ["pwd"],
      brief: "Show the workspace that commands work in here",
      examples: [["workspace current", "its name and folder"]],
      loader: async () => (await import("./workspace/workspaces.js")).current,
      parameters,
      result: "workspace.current",
    }),
    command<ShownFlags & CheckFlags & { readonly missing?: boolean }, [string?]>({
      name: "remove",
      aliases: ["rm"],
      brief: "Take a workspace from the list; its folder stays",
      examples: [
        ["workspace remove old", "init with --dir brings it back"],
        ["workspace remove --missing", "all whose folders were moved or deleted"],
      ],
      loader: async () => (await import("./workspace/workspaces.js")).remove,
      parameters: {
        flags: { ...shownFlags, missing: onOff("All whose folders are there no more"), ...checkFlag },
        aliases: shownLetters,
        positional: positional(optionalArgument("workspace", "Name of a workspace")),
      },
      result: "workspace.forget",
    }),
    command<ShownFlags, [string?]>({
      name: "info",
      aliases: ["show"],
      brief: "Show what a workspace consists of and keeps",
      examples: [
        ["workspace info", "of the one that commands work in here"],
        ["workspace info shop -o json", "of one from the list, for a program"],
      ],
      loader: async () => (await import("./workspace/inspect.js")).info,
      parameters: { ...parameters, positional: positional(optionalArgument("workspace", "Name or path of a workspace")) },
      result: "workspace.info",
    }),
    command<ShownFlags & StrictFlags & { readonly all?: boolean }>({
      name: "validate",
      aliases: ["check"],
      brief: "Check all that is written in a workspace",
      details: "Configuration, extensions, every infra and every workflow. Looks at no server and changes nothing.",
      examples: [
        ["workspace validate", "all findings, each with its place"],
        ["workspace validate --all", "every workspace of the list"],
      ],
      loader: async () => (await import("./workspace/inspect.js")).validate,
      parameters: { flags: { ...shownFlags, ...strictFlag, all: onOff("Every workspace of the list") }, aliases: shownLetters },
      result: "workspace.validate",
    }),
    command<ShownFlags & CheckFlags & { readonly to?: string; readonly withState?: boolean }, [string?]>({
      name: "export",
      brief: "Write a workspace into one archive",
      details:
        "Definitions, configuration and extensions; with --with-state also runs and recorded resources. Secrets go along only where SOPS encrypted them.",
      examples: [
        ["workspace export", "to <name>.tar.gz here"],
        ["workspace export shop --with-state --to shop.tar.gz", "with what was recorded"],
      ],
      loader: async () => (await import("./workspace/transfer.js")).exportTo,
      parameters: {
        flags: {
          ...shownFlags,
          to: textFlag("file", "File to write; default: <name>.tar.gz here"),
          withState: onOff("With runs and recorded resources"),
          ...checkFlag,
        },
        aliases: shownLetters,
        positional: positional(optionalArgument("workspace", "Name or path of a workspace")),
      },
      result: "workspace.export",
    }),
    command<ShownFlags & CheckFlags & { readonly name?: string; readonly dir?: string }, [string]>({
      name: "import",
      brief: "Make a workspace from an archive",
      details: "Nothing is written when anything about the archive is wrong.",
      examples: [
        ["workspace import shop.tar.gz", "in a new folder of its name"],
        ["workspace import shop.tar.gz --name copy", "under another name"],
      ],
      loader: async () => (await import("./workspace/transfer.js")).importFrom,
      parameters: {
        flags: {
          ...shownFlags,
          name: textFlag("name", "Name of the new workspace; default: as it was exported"),
          dir: textFlag("path", "Folder; default: one of that name here"),
          ...checkFlag,
        },
        aliases: shownLetters,
        positional: positional(argument("file", "Archive that an export wrote")),
      },
      result: "workspace.import",
    }),
  ],
});
