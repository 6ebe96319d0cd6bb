/** Commands about runs. */

import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { infraFlag, outputAlias, type OutputFlags, outputFlag, readAliases, workspaceFlags } from "./flags.js";
import type { DocumentFlags, RunFlags } from "./workflow/document.js";

type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };
type Confirmed = { readonly yes?: boolean };
const flags = { ...workspaceFlags, ...outputFlag } as const;
const yes = { kind: "boolean", optional: true, withNegated: false, brief: "Go ahead without asking" } as const;
const text = (value: string): string => value;
const run = { brief: "Id of a run; last is the newest", placeholder: "id", parse: text } as const;
const operation = { brief: "Id or title of an operation", placeholder: "operation", parse: text } as const;

export const retryCommand = buildCommand<Flags & Confirmed, string[], CliContext>({
  loader: async () => (await import("./workflow/control.js")).retry,
  parameters: {
    flags: { ...flags, yes },
    aliases: { ...outputAlias, y: "yes" },
    positional: {
      kind: "array",
      parameter: { brief: "Id of a run, then operations", placeholder: "id", parse: text },
      minimum: 1,
    },
  },
  docs: {
    brief: "Go on with a run that ended, from what was not done or from an operation on",
    fullDescription:
      "  provisioning workflow retry last                       try again what failed, was skipped or cancelled\n" +
      "  provisioning workflow retry last 'check etcd on db-01'  that operation again, with all that needs it",
  },
});

export const skipCommand = buildCommand<Flags, [string, string], CliContext>({
  loader: async () => (await import("./workflow/control.js")).skip,
  parameters: { flags, aliases: outputAlias, positional: { kind: "tuple", parameters: [run, operation] } },
  docs: {
    brief: "Count an operation that was not done as done",
    fullDescription: "For what you did by hand, or can do without. Go on with: provisioning workflow retry <id>",
  },
});

export const cancelCommand = buildCommand<Flags & { readonly reason?: string }, [string], CliContext>({
  loader: async () => (await import("./workflow/control.js")).cancel,
  parameters: {
    flags: {
      ...flags,
      reason: { kind: "parsed", parse: text, optional: true, placeholder: "text", brief: "Why, for the record" },
    },
    aliases: outputAlias,
    positional: { kind: "tuple", parameters: [run] },
  },
  docs: { brief: "End a run that has not ended; what was done stays" },
});

export const rollbackCommand = buildCommand<Flags & Confirmed & { readonly toCheckpoint?: number }, [string], CliContext>({
  loader: async () => (await import("./workflow/control.js")).rollback,
  parameters: {
    flags: {
      ...flags,
      yes,
      toCheckpoint: {
        kind: "parsed",
        parse: numberParser,
        optional: true,
        placeholder: "number",
        brief: "Keep what was done up to this checkpoint",
      },
    },
    aliases: { ...outputAlias, y: "yes" },
    positional: { kind: "tuple", parameters: [run] },
  },
  docs: { brief: "Undo what a run made, the last first" },
});

export const pauseCommand = buildCommand<Flags & { readonly reason?: string }, [string], CliContext>({
  loader: async () => (await import("./workflow/control.js")).pause,
  parameters: {
    flags: {
      ...flags,
      reason: { kind: "parsed", parse: text, optional: true, placeholder: "text", brief: "Why, for the record" },
    },
    aliases: outputAlias,
    positional: { kind: "tuple", parameters: [run] },
  },
  docs: { brief: "Start nothing more of a run until it is resumed" },
});

export const resumeCommand = buildCommand<Flags, [string], CliContext>({
  loader: async () => (await import("./workflow/control.js")).resume,
  parameters: { flags, aliases: outputAlias, positional: { kind: "tuple", parameters: [run] } },
  docs: { brief: "Go on with a run that was paused or interrupted" },
});

export const varFlag = {
  var: {
    kind: "parsed",
    parse: text,
    optional: true,
    variadic: true,
    placeholder: "NAME=value",
    brief: "Value of a name that the workflow uses; can be repeated",
  },
} as const;

const documentFile = { brief: "YAML or JSON file that defines the workflow", placeholder: "file", parse: text } as const;

const runCommand = buildCommand<RunFlags, [string], CliContext>({
  loader: async () => (await import("./workflow/document.js")).run,
  parameters: {
    flags: {
      ...infraFlag,
      ...flags,
      ...varFlag,
      wait: { kind: "boolean", optional: true, brief: "Carry it out and wait for its end; --no-wait only submits it" },
      dryRun: { kind: "boolean", optional: true, withNegated: false, brief: "Only show what would be done, and in which order" },
    },
    aliases: readAliases,
    positional: { kind: "tuple", parameters: [documentFile] },
  },
  docs: {
    brief: "Carry out a workflow that is written in YAML or JSON",
    fullDescription:
      "  provisioning workflow run workflows/nightly.yaml --dry-run         what would it do, in which order?\n" +
      "  provisioning workflow run workflows/scale.yaml --var ROLE=reviewer  do it, with this value for ${ROLE}",
  },
});

const validateCommand = buildCommand<DocumentFlags, [string], CliContext>({
  loader: async () => (await import("./workflow/document.js")).validate,
  parameters: {
    flags: { ...infraFlag, ...flags, ...varFlag },
    aliases: readAliases,
    positional: { kind: "tuple", parameters: [documentFile] },
  },
  docs: { brief: "Tell whether a workflow can be carried out, and what is wrong with it" },
});

const tasksCommand = buildCommand<Flags, [string?], CliContext>({
  loader: async () => (await import("./workflow/document.js")).tasks,
  parameters: {
    flags,
    aliases: outputAlias,
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Name of a task; all when missing", placeholder: "task", parse: text, optional: true }],
    },
  },
  docs: { brief: "List the tasks that steps of a workflow can name" },
});

const anyRun = { ...run, brief: "Id of a run; the newest when missing", optional: true } as const;

const logsCommand = buildCommand<Flags & { readonly operation?: string; readonly follow?: boolean }, [string?], CliContext>({
  loader: async () => (await import("./workflow/logs.js")).logs,
  parameters: {
    flags: {
      ...flags,
      operation: { kind: "parsed", parse: text, optional: true, placeholder: "operation", brief: "Only of this operation" },
      follow: { kind: "boolean", optional: true, withNegated: false, brief: "Go on until the run has ended" },
    },
    aliases: { ...outputAlias, f: "follow" },
    positional: { kind: "tuple", parameters: [anyRun] },
  },
  docs: { brief: "Tell what happened in a run, line by line" },
});

const checkpointsCommand = buildCommand<Flags, [string?], CliContext>({
  loader: async () => (await import("./workflow/logs.js")).checkpoints,
  parameters: { flags, aliases: outputAlias, positional: { kind: "tuple", parameters: [anyRun] } },
  docs: { brief: "List the checkpoints of a run" },
});

export const workflowRoutes = buildRouteMap({
  routes: {
    run: runCommand,
    validate: validateCommand,
    tasks: tasksCommand,
    list: buildCommand<Flags & { readonly limit: number }, [], CliContext>({
      loader: async () => (await import("./workflow/workflow.js")).list,
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
      loader: async () => (await import("./workflow/workflow.js")).status,
      parameters: {
        flags,
        aliases: outputAlias,
        positional: { kind: "tuple", parameters: [{ ...run, brief: "Id of a run; the newest when missing", optional: true }] },
      },
      docs: { brief: "Show one run with all its operations" },
    }),
    logs: logsCommand,
    checkpoints: checkpointsCommand,
    retry: retryCommand,
    skip: skipCommand,
    pause: pauseCommand,
    resume: resumeCommand,
    cancel: cancelCommand,
    rollback: rollbackCommand,
  },
  docs: {
    brief:
      "Workflows and runs: run, validate, tasks, list, status, logs, checkpoints, retry, skip, pause, resume, cancel, rollback",
  },
});

export const whyCommand = buildCommand<Flags, [string, string?], CliContext>({
  loader: async () => (await import("./workflow/control.js")).why,
  parameters: {
    flags,
    aliases: outputAlias,
    positional: { kind: "tuple", parameters: [run, { ...operation, optional: true }] },
  },
  docs: {
    brief: "Tell why a run or an operation is as it is",
    fullDescription:
      "  provisioning why last                        the newest run, and what of it is not done\n" +
      "  provisioning why last 'check etcd on db-01'  one operation",
  },
});
