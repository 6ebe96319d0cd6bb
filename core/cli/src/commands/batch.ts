/** Commands about batch workflows. */

import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { infraFlag, outputAlias, type OutputFlags, outputFlag, readAliases, workspaceFlags } from "./flags.js";
import { cancelCommand, pauseCommand, resumeCommand, retryCommand, rollbackCommand, skipCommand, varFlag } from "./workflow.js";

type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };
const flags = { ...workspaceFlags, ...outputFlag } as const;
const text = (value: string): string => value;
const onOff = { kind: "boolean", optional: true, withNegated: false } as const;

export type SubmitFlags = Flags & {
  readonly infra?: string;
  readonly workflow?: string;
  readonly var?: readonly string[];
  readonly validate?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly yes?: boolean;
};

const anyRun = { brief: "Id of a run; the newest when missing", placeholder: "id", parse: text, optional: true } as const;

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
          ...varFlag,
          validate: { ...onOff, brief: "Only tell whether it can be carried out" },
          dryRun: { ...onOff, brief: "Only show what would be done, and in which order" },
          watch: { ...onOff, brief: "Follow it to its end; always so while this command does the work" },
          yes: { ...onOff, brief: "Go ahead without asking" },
        },
        aliases: { ...readAliases, y: "yes" },
        positional: {
          kind: "tuple",
          parameters: [{ brief: "KCL or YAML file that defines the workflow", placeholder: "file", parse: text }],
        },
      },
      docs: {
        brief: "Carry out a workflow that is written in KCL or YAML",
        fullDescription:
          "  provisioning batch submit workflows/deploy.k --validate   is there anything wrong with it?\n" +
          "  provisioning batch submit workflows/deploy.k --dry-run    what would it do, in which order?\n" +
          "  provisioning batch submit workflows/deploy.k --yes        do it",
      },
    }),
    status: buildCommand<Flags & { readonly follow?: boolean }, [string?], CliContext>({
      loader: async () => (await import("./batch/runs.js")).status,
      parameters: {
        flags: { ...flags, follow: { ...onOff, brief: "Tell what happens until it has ended, whoever works on it" } },
        aliases: { ...outputAlias, f: "follow" },
        positional: { kind: "tuple", parameters: [anyRun] },
      },
      docs: { brief: "Show one run with all its operations" },
    }),
    monitor: buildCommand<Flags, [string?], CliContext>({
      loader: async () => (await import("./batch/runs.js")).monitor,
      parameters: { flags, aliases: outputAlias, positional: { kind: "tuple", parameters: [anyRun] } },
      docs: { brief: "Follow a run to its end, whoever works on it" },
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
  docs: { brief: "Batch workflows: submit, status, monitor, list, rollback, retry, skip, pause, resume, cancel" },
});
