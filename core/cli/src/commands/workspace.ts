/** Commands on workspaces. */

import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

const text = (value: string): string => value;
const name = { brief: "Name of a workspace", placeholder: "name", parse: text } as const;
type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };
const flags = { ...workspaceFlags, ...outputFlag } as const;

export const workspaceRoutes = buildRouteMap({
  routes: {
    init: buildCommand<Flags & { readonly dir?: string; readonly from?: string }, [string], CliContext>({
      loader: async () => (await import("./workspace/workspaces.js")).init,
      parameters: {
        flags: {
          ...flags,
          dir: {
            kind: "parsed",
            parse: text,
            optional: true,
            placeholder: "path",
            brief: "Folder; default: one of that name here",
          },
          from: {
            kind: "parsed",
            parse: text,
            optional: true,
            placeholder: "path",
            brief: "Folder to copy, for example an example",
          },
        },
        aliases: outputAlias,
        positional: { kind: "tuple", parameters: [name] },
      },
      docs: { brief: "Make a workspace and make it the active one" },
    }),
    list: buildCommand<Flags, [], CliContext>({
      loader: async () => (await import("./workspace/workspaces.js")).list,
      parameters: { flags, aliases: outputAlias },
      docs: { brief: "List workspaces, last used first" },
    }),
    switch: buildCommand<Flags, [string], CliContext>({
      loader: async () => (await import("./workspace/workspaces.js")).switchTo,
      parameters: { flags, aliases: outputAlias, positional: { kind: "tuple", parameters: [name] } },
      docs: { brief: "Make another workspace the active one" },
    }),
    remove: buildCommand<Flags, [string], CliContext>({
      loader: async () => (await import("./workspace/workspaces.js")).remove,
      parameters: { flags, aliases: outputAlias, positional: { kind: "tuple", parameters: [name] } },
      docs: { brief: "Take a workspace from the list; its folder stays" },
    }),
    current: buildCommand<Flags, [], CliContext>({
      loader: async () => (await import("./workspace/workspaces.js")).current,
      parameters: { flags, aliases: outputAlias },
      docs: { brief: "Show the workspace that commands work in here" },
    }),
  },
  docs: { brief: "Workspaces: init, list, switch, current, remove" },
});
