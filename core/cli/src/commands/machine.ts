/** Commands about this machine and the platform itself. */

import { buildCommand } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };
const flags = { ...workspaceFlags, ...outputFlag } as const;

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
