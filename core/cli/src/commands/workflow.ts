/** Commands about runs. */

import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { outputAlias, type OutputFlags, outputFlag, workspaceFlags } from "./flags.js";

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

export const workflowRoutes = buildRouteMap({
  routes: {
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
    retry: retryCommand,
    skip: skipCommand,
    pause: pauseCommand,
    resume: resumeCommand,
    cancel: cancelCommand,
    rollback: rollbackCommand,
  },
  docs: { brief: "Runs: list, status, retry, skip, pause, resume, cancel, rollback" },
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
