/** Commands on workspaces. */

import { command, group } from "../command/command.js";
import { argument, positional, type ShownFlags, shownFlags, shownLetters, textFlag } from "./flags.js";

const name = argument("workspace", "Name of a workspace");
const parameters = { flags: shownFlags, aliases: shownLetters } as const;

export const workspaceGroup = group({
  name: "workspace",
  aliases: ["ws", "workspaces"],
  brief: "Workspaces: folders with definitions, configuration and records",
  commands: [
    command<ShownFlags & { readonly dir?: string; readonly from?: string }, [string]>({
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
    command<ShownFlags, [string]>({
      name: "switch",
      aliases: ["sw", "use"],
      shortcuts: ["use"],
      brief: "Make another workspace the active one",
      examples: [["workspace switch staging", "commands in folders without a workspace now work there"]],
      loader: async () => (await import("./workspace/workspaces.js")).switchTo,
      parameters: { ...parameters, positional: positional(name) },
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
    command<ShownFlags, [string]>({
      name: "remove",
      aliases: ["rm"],
      brief: "Take a workspace from the list; its folder stays",
      examples: [["workspace remove old", "init with --dir brings it back"]],
      loader: async () => (await import("./workspace/workspaces.js")).remove,
      parameters: { ...parameters, positional: positional(name) },
      result: "workspace.forget",
    }),
  ],
});
