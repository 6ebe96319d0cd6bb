/** Commands about batch workflows. */

import { command, group } from "../command/command.js";
import { OUTPUT_FORMATS, type OutputFormat } from "../output.js";
import {
  argument,
  countFlag,
  infraFlag,
  onOff,
  optionalArgument,
  positional,
  readLetters,
  type ShownFlags,
  shownFlags,
  shownLetters,
  textFlag,
  yesFlag,
} from "./flags.js";
import { controlCommands, varFlag } from "./workflow.js";

export type SubmitFlags = ShownFlags & {
  readonly infra?: string;
  readonly workflow?: string;
  readonly var?: readonly string[];
  readonly validate?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly yes?: boolean;
};

export type StatusFlags = ShownFlags & { readonly follow?: boolean; readonly format?: OutputFormat };

const anyRun = positional(optionalArgument("run", "Id of a run; the newest when missing"));

export const batchGroup = group({
  name: "batch",
  aliases: ["bat", "b"],
  brief: "Batch workflows: many servers and services, in order",
  commands: [
    command<SubmitFlags, [string]>({
      name: "submit",
      aliases: ["sub", "s"],
      shortcuts: ["submit"],
      brief: "Carry out a workflow that is written in KCL or YAML",
      examples: [
        ["batch submit workflows/deploy.k --validate", "is there anything wrong with it?"],
        ["batch submit workflows/deploy.k --dry-run", "what would it do, in which order?"],
        ["batch submit workflows/deploy.k --yes", "do it; where a service runs, only begin it"],
        ["batch submit workflows/deploy.k --yes --watch", "do it, and come back when it has ended"],
      ],
      loader: async () => (await import("./batch/submit.js")).submit,
      parameters: {
        flags: {
          ...infraFlag,
          ...shownFlags,
          workflow: textFlag("name", "Which workflow, when the file has several"),
          ...varFlag,
          validate: onOff("Only tell whether it can be carried out"),
          dryRun: onOff("Only show what would be done, and in which order"),
          watch: onOff("Follow it to its end; without a service this command does the work, and always does so"),
          ...yesFlag,
        },
        aliases: { ...readLetters, y: "yes" },
        positional: positional(argument("file", "KCL or YAML file that defines the workflow")),
      },
      result: "batch.submit",
    }),
    command<StatusFlags, [string?]>({
      name: "status",
      aliases: ["st"],
      brief: "Show one run with all its operations",
      examples: [
        ["batch status", "the newest"],
        ["batch status --follow", "and tell what happens until it has ended"],
      ],
      loader: async () => (await import("./batch/runs.js")).status,
      parameters: {
        flags: {
          ...shownFlags,
          follow: onOff("Tell what happens until it has ended, whoever works on it"),
          format: { kind: "enum", values: OUTPUT_FORMATS, optional: true, brief: "The same as --output" },
        },
        aliases: { ...shownLetters, f: "follow" },
        positional: anyRun,
      },
      result: "run.show",
    }),
    command<ShownFlags, [string?]>({
      name: "monitor",
      aliases: ["mon", "watch"],
      shortcuts: ["watch"],
      brief: "Follow a run to its end, whoever works on it",
      examples: [["batch monitor last", "leave with Ctrl-C: the run goes on"]],
      loader: async () => (await import("./batch/runs.js")).monitor,
      parameters: { flags: shownFlags, aliases: shownLetters, positional: anyRun },
      result: "run.show",
    }),
    command<ShownFlags & { readonly limit: number }>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List runs of batch workflows, newest first",
      examples: [["batch list", "the newest twenty"]],
      loader: async () => (await import("./batch/runs.js")).list,
      parameters: { flags: { ...shownFlags, limit: countFlag("20", "At most so many, newest first") }, aliases: shownLetters },
      result: "run.list",
    }),
    ...controlCommands("batch"),
  ],
});
