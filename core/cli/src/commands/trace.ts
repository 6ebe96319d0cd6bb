/** `trace`. */

import { buildCommand } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

export type TraceFlags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean; readonly log?: string };

const text = (value: string): string => value;

export const traceCommand = buildCommand<TraceFlags, [string], CliContext>({
  loader: async () => (await import("./trace/trace.js")).trace,
  parameters: {
    flags: {
      ...workspaceFlags,
      ...outputFlag,
      log: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "file",
        brief: "More lines of the service, such as from the journal; - reads what is piped in",
      },
    },
    aliases: outputAlias,
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Id of a trace, or of a task or run that belongs to it", placeholder: "id", parse: text }],
    },
  },
  docs: {
    brief: "Show what one request caused: lines of the command, the service, its tasks and runs, in the order of time",
    fullDescription:
      "  provisioning trace 0af7651916cd43dd8448eb211c80319c\n" +
      "  journalctl -u 'provisioning-orchestrator@*' -o cat | provisioning trace 0af76519 --log -",
  },
});
