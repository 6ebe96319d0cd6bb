/** Commands on a whole infra: plan, apply, drift, health-check, cluster. */

import { command, group } from "../command/command.js";
import {
  namesFlag,
  onOff,
  optionalArgument,
  planFlag,
  positional,
  type ReadFlags,
  readFlags,
  readLetters,
  type WriteFlags,
  writeFlags,
  writeLetters,
} from "./flags.js";

type PlanFlags = ReadFlags & { readonly plan?: string; readonly detailedExitcode?: boolean };

const infra = positional(optionalArgument("infra", "Infra; the only one when missing"));
const detailedFlag = { detailedExitcode: onOff("Exit with 2 when there are changes") } as const;

export const planCommand = command<PlanFlags>({
  name: "plan",
  aliases: ["p", "pl"],
  brief: "Show what would change",
  details: "Compares the definition with what is there and what was recorded. Looks at every server; changes nothing.",
  examples: [
    ["plan", "of the only infra of this workspace"],
    ["plan --infra shop --detailed-exitcode", "for a pipeline: 2 when there are changes"],
  ],
  loader: async () => (await import("./infra/plan.js")).plan,
  parameters: { flags: { ...readFlags, ...planFlag, ...detailedFlag }, aliases: readLetters },
  result: "infra.plan",
});

export const driftCommand = command<PlanFlags>({
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

export const applyCommand = command<WriteFlags>({
  name: "apply",
  aliases: ["a", "up"],
  brief: "Make it so",
  details:
    "Plans, asks, and carries the plan out. Repeat the same command after an interruption: what is done is not done again.",
  examples: [
    ["apply", "show the changes, ask, and make them"],
    ["apply --yes", "without asking"],
    ["apply --check", "only show"],
  ],
  loader: async () => (await import("./infra/apply.js")).apply,
  parameters: { flags: writeFlags, aliases: writeLetters },
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

const createCluster = command<WriteFlags, [string?]>({
  name: "create",
  aliases: ["c"],
  brief: "Make all servers and services of an infra",
  examples: [
    ["cluster create shop --check", "show what would be made"],
    ["cluster create shop --yes", "make it without asking"],
  ],
  loader: async () => (await import("./infra/apply.js")).createCluster,
  parameters: { flags: writeFlags, aliases: writeLetters, positional: infra },
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
