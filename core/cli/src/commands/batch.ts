/** Commands about batch workflows. */

import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { infraFlag, outputAlias, type OutputFlags, outputFlag, readAliases, workspaceFlags } from "./flags.js";
import { cancelCommand, pauseCommand, resumeCommand, retryCommand, rollbackCommand, skipCommand } from "./workflow.js";

type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };
const flags = { ...workspaceFlags, ...outputFlag } as const;
const text = (value: string): string => value;
const onOff = { kind: "boolean", optional: true, withNegated: false } as const;

export type SubmitFlags = Flags & {
  readonly infra?: string;
  readonly workflow?: string;
  readonly validate?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly yes?: boolean;
};

export const batchRoutes = buildRouteMap({
  routes: {
    submit: buildCommand<SubmitFlags, [string], CliContext>({
      loader: async () => (await import("./batch/submit.js")).submit,
      parameters: {
        flags: {
          ...infraFlag,
          ...flags,
          workflow: {
            kind: "parsed",
            parse: text,
            optional: true,
            placeholder: "name",
            brief: "Which workflow, when the file has several",
          },
          validate: { ...onOff, brief: "Only tell whether it can be carried out" },
          dryRun: { ...onOff, brief: "Only show what would be done, and in which order" },
          watch: { ...onOff, brief: "Follow it to its end; always so while this command does the work" },
          yes: { ...onOff, brief: "Go ahead without asking" },
        },
        aliases: { ...readAliases, y: "yes" },
        positional: {
          kind: "tuple",
          parameters: [{ brief: "KCL file that defines the workflow", placeholder: "file", parse: text }],
        },
      },
      docs: {
        brief: "Carry out a workflow that is written in KCL",
        fullDescription:
          "  provisioning batch submit workflows/deploy.k --validate   is there anything wrong with it?\n" +
          "  provisioning batch submit workflows/deploy.k --dry-run    what would it do, in which order?\n" +
          "  provisioning batch submit workflows/deploy.k --yes        do it",
      },
    }),
    status: buildCommand<Flags, [string?], CliContext>({
      loader: async () => (await import("./batch/runs.js")).status,
      parameters: {
        flags,
        aliases: outputAlias,
        positional: {
          kind: "tuple",
          parameters: [{ brief: "Id of a run; the newest when missing", placeholder: "id", parse: text, optional: true }],
        },
      },
      docs: { brief: "Show one run with all its operations" },
    }),
    list: buildCommand<Flags & { readonly limit: number }, [], CliContext>({
      loader: async () => (await import("./batch/runs.js")).list,
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
      docs: { brief: "List runs of batch workflows, newest first" },
    }),
    rollback: rollbackCommand,
    retry: retryCommand,
    skip: skipCommand,
    pause: pauseCommand,
    resume: resumeCommand,
    cancel: cancelCommand,
  },
  docs: { brief: "Batch workflows: submit, status, list, rollback, retry, skip, pause, resume, cancel" },
});
