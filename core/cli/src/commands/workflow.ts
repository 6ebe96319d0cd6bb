/** Commands about runs, and about workflows that are written in YAML. */

import { type Command, command, group } from "../command/command.js";
import {
  argument,
  type CheckFlags,
  checkFlag,
  countFlag,
  infraFlag,
  numberFlag,
  onOff,
  optionalArgument,
  positional,
  readLetters,
  several,
  type ShownFlags,
  shownFlags,
  shownLetters,
  text,
  textFlag,
  type WriteFlags,
  writeFlags,
  writeLetters,
  yesFlag,
  type StrictFlags,
  strictFlag,
} from "./flags.js";
import type { DocumentFlags, RunFlags } from "./workflow/document.js";

type ServerCreateFlags = WriteFlags & { readonly settings?: string; readonly wait?: boolean };
type Confirmed = { readonly yes?: boolean };
const run = argument("run", "Id of a run; last is the newest");
const anyRun = optionalArgument("run", "Id of a run; the newest when missing");
const reason = { reason: textFlag("text", "Why, for the record") } as const;
const yesLetters = { ...shownLetters, y: "yes" } as const;

/** What can be done with a run, under the name of its group: `workflow` and `batch` have the same. */
export function controlCommands(of: string): readonly Command[] {
  return [
    command<ShownFlags & Confirmed & CheckFlags, string[]>({
      name: "retry",
      aliases: ["re"],
      brief: "Go on with a run that ended, from what was not done or from an operation on",
      examples: [
        [`${of} retry last`, "try again what failed, was skipped or cancelled"],
        [`${of} retry last 'check etcd on db-01'`, "that operation again, with all that needs it"],
      ],
      loader: async () => (await import("./workflow/control.js")).retry,
      parameters: {
        flags: { ...shownFlags, ...yesFlag, ...checkFlag },
        aliases: yesLetters,
        positional: several("run", "Id of a run, then operations", 1),
      },
      result: "run.retry",
    }),
    command<ShownFlags & CheckFlags, [string, string]>({
      name: "skip",
      brief: "Count an operation that was not done as done",
      details: "For what you did by hand, or can do without.",
      examples: [[`${of} skip last 'check etcd on db-01'`, `then go on with: ${of} retry last`]],
      loader: async () => (await import("./workflow/control.js")).skip,
      parameters: {
        flags: { ...shownFlags, ...checkFlag },
        aliases: shownLetters,
        positional: positional(run, argument("operation", "Id or title of an operation")),
      },
      result: "run.pass",
    }),
    command<ShownFlags & CheckFlags & { readonly reason?: string }, [string]>({
      name: "pause",
      brief: "Start nothing more of a run until it is resumed",
      examples: [[`${of} pause last`, "what is under way is finished"]],
      loader: async () => (await import("./workflow/control.js")).pause,
      parameters: { flags: { ...shownFlags, ...reason, ...checkFlag }, aliases: shownLetters, positional: positional(run) },
      result: "run.pause",
    }),
    command<ShownFlags & CheckFlags, [string]>({
      name: "resume",
      aliases: ["continue"],
      brief: "Go on with a run that was paused or interrupted",
      examples: [[`${of} resume last`, "what is done is not done again"]],
      loader: async () => (await import("./workflow/control.js")).resume,
      parameters: { flags: { ...shownFlags, ...checkFlag }, aliases: shownLetters, positional: positional(run) },
      result: "run.resume",
    }),
    command<ShownFlags & CheckFlags & { readonly reason?: string }, [string]>({
      name: "cancel",
      brief: "End a run that has not ended; what was done stays",
      examples: [[`${of} cancel last --reason 'wrong region'`, `undo what it made with: ${of} rollback last`]],
      loader: async () => (await import("./workflow/control.js")).cancel,
      parameters: { flags: { ...shownFlags, ...reason, ...checkFlag }, aliases: shownLetters, positional: positional(run) },
      result: "run.cancel",
    }),
    command<ShownFlags & Confirmed & CheckFlags & { readonly toCheckpoint?: number }, [string]>({
      name: "rollback",
      aliases: ["rb", "undo"],
      brief: "Undo what a run made, the last first",
      examples: [
        [`${of} rollback last`, "all of it"],
        [`${of} rollback last --check`, "only show what would be undone"],
        [`${of} rollback last --to-checkpoint 2`, "keep what was done up to the second checkpoint"],
      ],
      loader: async () => (await import("./workflow/control.js")).rollback,
      parameters: {
        flags: { ...shownFlags, ...yesFlag, ...checkFlag, toCheckpoint: numberFlag("Keep what was done up to this checkpoint") },
        aliases: yesLetters,
        positional: positional(run),
      },
      result: "run.rollback",
    }),
  ];
}

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

const documentFile = positional(argument("file", "YAML or JSON file that defines the workflow"));

export const workflowGroup = group({
  name: "workflow",
  aliases: ["wf", "workflows"],
  brief: "Workflows in YAML, and all runs",
  commands: [
    command<RunFlags, [string]>({
      name: "run",
      aliases: ["r"],
      brief: "Carry out a workflow that is written in YAML or JSON",
      examples: [
        ["workflow run workflows/nightly.yaml --dry-run", "what would it do, in which order?"],
        ["workflow run workflows/scale.yaml --var ROLE=reviewer", "do it, with this value for ${ROLE}"],
      ],
      loader: async () => (await import("./workflow/document.js")).run,
      parameters: {
        flags: {
          ...infraFlag,
          ...shownFlags,
          ...varFlag,
          wait: { kind: "boolean", optional: true, brief: "Carry it out and wait for its end; --no-wait only submits it" },
          dryRun: onOff("Only show what would be done, and in which order"),
        },
        aliases: readLetters,
        positional: documentFile,
      },
      result: "workflow.run",
    }),
    command<DocumentFlags & StrictFlags, [string]>({
      name: "validate",
      aliases: ["val"],
      brief: "Tell whether a workflow can be carried out, and what is wrong with it",
      examples: [["workflow validate workflows/nightly.yaml", "nothing is started"]],
      loader: async () => (await import("./workflow/document.js")).validate,
      parameters: {
        flags: { ...infraFlag, ...shownFlags, ...varFlag, ...strictFlag },
        aliases: readLetters,
        positional: documentFile,
      },
      result: "workflow.validate",
    }),
    command<ShownFlags, [string?]>({
      name: "tasks",
      brief: "List the tasks that steps of a workflow can name",
      examples: [
        ["workflow tasks", "all of them"],
        ["workflow tasks provisioning.query", "what one takes and gives"],
      ],
      loader: async () => (await import("./workflow/document.js")).tasks,
      parameters: {
        flags: shownFlags,
        aliases: shownLetters,
        positional: positional(optionalArgument("task", "Name of a task; all when missing")),
      },
      result: "workflow.tasks",
    }),
    command<ShownFlags & { readonly limit: number }>({
      name: "list",
      aliases: ["ls", "l"],
      shortcuts: ["runs"],
      brief: "List runs, newest first",
      examples: [["workflow list --limit 5", "the newest five"]],
      loader: async () => (await import("./workflow/workflow.js")).list,
      parameters: { flags: { ...shownFlags, limit: countFlag("20", "At most so many, newest first") }, aliases: shownLetters },
      result: "run.list",
    }),
    command<ShownFlags, [string?]>({
      name: "status",
      aliases: ["st"],
      brief: "Show one run with all its operations",
      examples: [["workflow status", "the newest run"]],
      loader: async () => (await import("./workflow/workflow.js")).status,
      parameters: { flags: shownFlags, aliases: shownLetters, positional: positional(anyRun) },
      result: "run.show",
    }),
    command<ShownFlags & { readonly operation?: string; readonly follow?: boolean }, [string?]>({
      name: "logs",
      aliases: ["log"],
      brief: "Tell what happened in a run, line by line",
      examples: [
        ["workflow logs", "of the newest run"],
        ["workflow logs last --follow", "and go on until it has ended"],
      ],
      loader: async () => (await import("./workflow/logs.js")).logs,
      parameters: {
        flags: {
          ...shownFlags,
          operation: textFlag("operation", "Only of this operation"),
          follow: onOff("Go on until the run has ended"),
        },
        aliases: { ...shownLetters, f: "follow" },
        positional: positional(anyRun),
      },
      result: "run.logs",
    }),
    command<ShownFlags, [string?]>({
      name: "checkpoints",
      aliases: ["cp"],
      brief: "List the checkpoints of a run",
      examples: [["workflow checkpoints last", "places to roll back to"]],
      loader: async () => (await import("./workflow/logs.js")).checkpoints,
      parameters: { flags: shownFlags, aliases: shownLetters, positional: positional(anyRun) },
      result: "run.checkpoints",
    }),
    ...controlCommands("workflow"),
    command<ServerCreateFlags, [string]>({
      name: "server-create",
      aliases: ["server_create"],
      brief: "Make the servers of an infra, with settings of a file",
      examples: [
        ["workflow server-create prod --settings prod.yaml", "with these settings"],
        ["workflow server-create prod --check", "only show what would change"],
      ],
      loader: async () => (await import("./infra/create-cluster.js")).createCluster,
      parameters: {
        flags: {
          ...writeFlags,
          settings: textFlag("file", "Settings for this command alone, over those of the workspace"),
          wait: onOff("Come back when every service is healthy, and fail after five minutes"),
        },
        aliases: writeLetters,
        positional: positional(argument("infra", "Name of an infra")),
      },
      result: "infra.apply",
    }),
  ],
});

export const whyCommand = command<ShownFlags & { readonly infra?: string }, [string, string?]>({
  name: "why",
  aliases: ["y"],
  brief: "Tell why a run waits, a resource changes, or a value is as it is",
  examples: [
    ["why last", "the newest run, and what of it is not done"],
    ["why last 'check etcd on db-01'", "one operation"],
    ["why server.web-01", "what the plan would do with it, and why"],
    ["why server.web-01.plan", "who says so, in which file and line"],
    ["why servers.default_plan", "a setting, through all layers"],
  ],
  loader: async () => (await import("./workflow/why.js")).why,
  parameters: {
    flags: { ...infraFlag, ...shownFlags },
    aliases: readLetters,
    positional: positional(
      argument("run", "Id of a run, an address with or without a field, or a setting"),
      optionalArgument("operation", "Of a run: id or title of an operation"),
    ),
  },
});
