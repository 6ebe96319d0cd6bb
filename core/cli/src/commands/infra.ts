/** Commands on a whole infra: plan, apply, drift, health-check, cluster. */

import { command, group } from "../command/command.js";
import { sizesCommand } from "./catalog.js";
import {
  argument,
  type InfraFlags,
  infraFlag,
  namesFlag,
  onOff,
  optionalArgument,
  type OutputFlags,
  outputFlag,
  outputLetter,
  planFlag,
  positional,
  type ReadFlags,
  readFlags,
  readLetters,
  text,
  textFlag,
  workspaceFlags,
  type WriteFlags,
  writeFlags,
  writeLetters,
  type StrictFlags,
  strictFlag,
} from "./flags.js";

const infra = positional(optionalArgument("infra", "Infra; the only one when missing"));
const detailedFlag = { detailedExitcode: onOff("Exit with 2 when there are changes") } as const;

const shapeFlags = {
  summary: onOff("Only the verdict"),
  tree: onOff("As a tree of servers and what is on them"),
  only: {
    kind: "enum",
    values: ["destroy", "replace", "change", "create"],
    optional: true,
    brief: "Only changes of this kind",
  },
  target: namesFlag("Only these servers and taskservs, separated by commas, with what they need"),
  html: textFlag("file", "Also write it as one page that needs no network"),
} as const;

const planFlags = {
  ...infraFlag,
  ...workspaceFlags,
  ...planFlag,
  ...detailedFlag,
  ...strictFlag,
  ...shapeFlags,
  output: {
    kind: "parsed",
    parse: text,
    default: "table",
    placeholder: "table|json|yaml|plain|file",
    brief: "Form of the result, or a file that apply takes",
  },
} as const;

/** `output` is a form, or the path of a file to keep the plan in. */
export type PlanFlags = InfraFlags &
  StrictFlags & {
    readonly output: string;
    readonly plan?: string;
    readonly detailedExitcode?: boolean;
    readonly summary?: boolean;
    readonly tree?: boolean;
    readonly only?: "destroy" | "replace" | "change" | "create";
    readonly target?: readonly string[];
    readonly html?: string;
  };

const makePlan = command<PlanFlags>({
  name: "plan",
  brief: "Show what would change",
  details: "Compares the definition with what is there and what was recorded. Looks at every server; changes nothing.",
  examples: [
    ["plan", "of the only infra of this workspace"],
    ["plan -o shop.plan", "keep it; then: provisioning apply shop.plan"],
    ["plan --target web-01 --tree", "one server and what is on it"],
    ["plan --detailed-exitcode", "for a pipeline: 2 when there are changes"],
    ["plan --strict", "and 4 when there are warnings"],
  ],
  loader: async () => (await import("./infra/plan.js")).plan,
  parameters: { flags: planFlags, aliases: readLetters },
  result: "infra.plan",
});

const showPlan = command<PlanShowFlags, [string]>({
  name: "show",
  aliases: ["sh"],
  brief: "Show a plan that was kept in a file",
  examples: [
    ["plan show shop.plan", "as it was shown when it was made"],
    ["plan show shop.plan --is-noop", "only the exit code: 0 when nothing would change, 2 when something would"],
  ],
  loader: async () => (await import("./infra/plan-file.js")).showPlanFile,
  parameters: {
    flags: {
      ...outputFlag,
      summary: shapeFlags.summary,
      tree: shapeFlags.tree,
      only: shapeFlags.only,
      html: shapeFlags.html,
      isNoop: onOff("Print nothing; exit with 0 when nothing would change, with 2 when something would"),
    },
    aliases: outputLetter,
    positional: positional(argument("file", "File that plan -o has written")),
  },
  result: "infra.plan",
});

export type PlanShowFlags = Pick<PlanFlags, "summary" | "tree" | "only" | "html"> & OutputFlags & { readonly isNoop?: boolean };

export const planGroup = group({
  name: "plan",
  aliases: ["p", "pl"],
  brief: "Show what would change",
  commands: [showPlan, sizesCommand("map", "plan map", ["sizes"])],
  main: makePlan,
});

type DriftFlags = ReadFlags & { readonly plan?: string; readonly detailedExitcode?: boolean };

export const driftCommand = command<DriftFlags>({
  name: "drift",
  aliases: ["dr"],
  brief: "Show what was changed behind our back",
  details: "Only differences that nobody asked for: files edited by hand, stopped services, removed servers.",
  examples: [
    ["drift", "on all servers of the only infra"],
    ["drift --detailed-exitcode", "for a check every night: 2 when something drifted"],
  ],
  loader: async () => (await import("./infra/plan.js")).drift,
  parameters: { flags: { ...readFlags, ...detailedFlag, ...planFlag }, aliases: readLetters },
  result: "infra.drift",
});

export const applyCommand = command<WriteFlags, [string?]>({
  name: "apply",
  aliases: ["a", "up"],
  brief: "Make it so",
  details:
    "Plans, asks, and carries the plan out. Repeat the same command after an interruption: what is done is not done again.",
  examples: [
    ["apply", "show the changes, ask, and make them"],
    ["apply --yes", "without asking"],
    ["apply --check", "only show"],
    ["apply shop.plan", "carry out a plan that was kept, if all is still as it was"],
  ],
  loader: async () => (await import("./infra/apply.js")).apply,
  parameters: {
    flags: writeFlags,
    aliases: writeLetters,
    positional: positional(optionalArgument("file", "Plan that plan -o has written; it is carried out without asking")),
  },
  result: "infra.apply",
});

export const healthCommand = command<ReadFlags & { readonly services?: readonly string[] }>({
  name: "health-check",
  aliases: ["health", "hc"],
  brief: "Check services by using them",
  examples: [
    ["health-check", "all services of the only infra"],
    ["health-check --services redis,nginx", "some of them"],
  ],
  loader: async () => (await import("./infra/health.js")).health,
  parameters: {
    flags: { ...readFlags, services: namesFlag("Services to check, separated by commas; all when missing") },
    aliases: readLetters,
  },
  result: "infra.health",
});

export type CreateClusterFlags = WriteFlags & { readonly provider?: string; readonly wait?: boolean };

const createCluster = command<CreateClusterFlags, [string?]>({
  name: "create",
  aliases: ["c"],
  brief: "Make all servers and services of an infra",
  examples: [
    ["cluster create shop --check", "show what would be made"],
    ["cluster create shop --yes", "make it without asking"],
    ["cluster create shop --wait", "come back when all is healthy"],
  ],
  loader: async () => (await import("./infra/create-cluster.js")).createCluster,
  parameters: {
    flags: {
      ...writeFlags,
      provider: textFlag("provider", "Who makes the servers, over every other setting; existing machines stay"),
      wait: onOff("Come back when every service is healthy, and fail after five minutes"),
    },
    aliases: writeLetters,
    positional: infra,
  },
  result: "infra.apply",
});

const clusterStatus = command<ReadFlags, [string?]>({
  name: "status",
  aliases: ["st"],
  shortcuts: ["status", "st"],
  brief: "Show servers, services and how to reach them",
  examples: [
    ["cluster status", "of the only infra"],
    ["cluster status shop -o json", "for a program"],
  ],
  loader: async () => (await import("./infra/status.js")).clusterStatus,
  parameters: { flags: readFlags, aliases: readLetters, positional: infra },
  result: "infra.status",
});

const deleteCluster = command<WriteFlags, [string?]>({
  name: "delete",
  aliases: ["rm", "d"],
  shortcuts: ["destroy", "down"],
  brief: "Remove everything of an infra",
  details: "Removes servers, networks, keys, generated secrets and records. Asks for the name of the infra.",
  examples: [
    ["cluster delete shop --check", "show what would be removed"],
    ["cluster delete shop", "type its name, and it is removed"],
  ],
  loader: async () => (await import("./infra/destroy.js")).deleteCluster,
  parameters: { flags: writeFlags, aliases: writeLetters, positional: infra },
  result: "infra.destroy",
});

export const clusterGroup = group({
  name: "cluster",
  aliases: ["cl", "clusters"],
  brief: "Whole infras: all servers and services together",
  commands: [createCluster, clusterStatus, deleteCluster],
});
