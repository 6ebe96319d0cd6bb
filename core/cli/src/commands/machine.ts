/** Commands about runs, this machine and the platform itself. */

import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };
const flags = { ...workspaceFlags, ...outputFlag } as const;

export const workflowRoutes = buildRouteMap({
  routes: {
    list: buildCommand<Flags & { readonly limit: number }, [], CliContext>({
      loader: async () => (await import("./machine/workflow.js")).list,
      parameters: {
        flags: {
          ...flags,
          limit: {
            kind: "parsed",
            parse: numberParser,
            default: "20",
            placeholder: "number",
            brief: "At most so many, newest first",
          },
        },
        aliases: outputAlias,
      },
      docs: { brief: "List runs, newest first" },
    }),
    status: buildCommand<Flags, [string?], CliContext>({
      loader: async () => (await import("./machine/workflow.js")).status,
      parameters: {
        flags,
        aliases: outputAlias,
        positional: {
          kind: "tuple",
          parameters: [
            { brief: "Id of a run; the newest when missing", placeholder: "id", parse: (value: string) => value, optional: true },
          ],
        },
      },
      docs: { brief: "Show one run with all its operations" },
    }),
  },
  docs: { brief: "Runs: list, status" },
});

export const doctorCommand = buildCommand<Flags & { readonly fix?: boolean }, [], CliContext>({
  loader: async () => (await import("./machine/doctor.js")).doctor,
  parameters: {
    flags: { ...flags, fix: { kind: "boolean", optional: true, withNegated: false, brief: "Do the fixes that are safe to do" } },
    aliases: outputAlias,
  },
  docs: { brief: "Look whether this machine has what is needed" },
});

export const versionCommand = buildCommand<OutputFlags, [], CliContext>({
  loader: async () => (await import("./machine/version.js")).version,
  parameters: { flags: outputFlag, aliases: outputAlias },
  docs: { brief: "Show the version" },
});
