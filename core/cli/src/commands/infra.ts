/** Commands on a whole infra: plan, apply, drift, health-check, cluster. */

import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import {
  changeAliases,
  parseNames,
  planFlag,
  readAliases,
  type ReadFlags,
  readFlags,
  type WriteFlags,
  writeFlags,
} from "./flags.js";

type PlanFlags = ReadFlags & { readonly plan?: string; readonly detailedExitcode?: boolean };

const nameArgument = {
  kind: "tuple",
  parameters: [{ brief: "Infra", placeholder: "infra", parse: (value: string) => value, optional: true }],
} as const;

const detailedFlag = {
  detailedExitcode: { kind: "boolean", optional: true, withNegated: false, brief: "Exit with 2 when there are changes" },
} as const;

export const planCommand = buildCommand<PlanFlags, [], CliContext>({
  loader: async () => (await import("./infra/plan.js")).plan,
  parameters: { flags: { ...readFlags, ...planFlag, ...detailedFlag }, aliases: readAliases },
  docs: {
    brief: "Show what would change",
    fullDescription: "Compares the definition with what is there and what was recorded. Looks at every server; changes nothing.",
  },
});

export const driftCommand = buildCommand<PlanFlags, [], CliContext>({
  loader: async () => (await import("./infra/plan.js")).drift,
  parameters: { flags: { ...readFlags, ...detailedFlag, ...planFlag }, aliases: readAliases },
  docs: {
    brief: "Show what was changed behind our back",
    fullDescription: "Only differences that nobody asked for: files edited by hand, stopped services, removed servers.",
  },
});

export const applyCommand = buildCommand<WriteFlags, [], CliContext>({
  loader: async () => (await import("./infra/apply.js")).apply,
  parameters: { flags: writeFlags, aliases: changeAliases },
  docs: {
    brief: "Make it so",
    fullDescription:
      "Plans, asks, and carries the plan out. Repeat the same command after an interruption: what is done is not done again.",
  },
});

export const healthCommand = buildCommand<ReadFlags & { readonly services?: readonly string[] }, [], CliContext>({
  loader: async () => (await import("./infra/health.js")).health,
  parameters: {
    flags: {
      ...readFlags,
      services: {
        kind: "parsed",
        parse: parseNames,
        optional: true,
        placeholder: "names",
        brief: "Services to check, separated by commas; all when missing",
      },
    },
    aliases: readAliases,
  },
  docs: { brief: "Check services by using them" },
});

const createCluster = buildCommand<WriteFlags, [string?], CliContext>({
  loader: async () => (await import("./infra/apply.js")).createCluster,
  parameters: { flags: writeFlags, aliases: changeAliases, positional: nameArgument },
  docs: { brief: "Make all servers and services of an infra" },
});

const clusterStatus = buildCommand<ReadFlags, [string?], CliContext>({
  loader: async () => (await import("./infra/status.js")).clusterStatus,
  parameters: { flags: readFlags, aliases: readAliases, positional: nameArgument },
  docs: { brief: "Show servers, services and how to reach them" },
});

const deleteCluster = buildCommand<WriteFlags, [string?], CliContext>({
  loader: async () => (await import("./infra/destroy.js")).deleteCluster,
  parameters: { flags: writeFlags, aliases: changeAliases, positional: nameArgument },
  docs: {
    brief: "Remove everything of an infra",
    fullDescription: "Removes servers, networks, keys, generated secrets and records. Asks for the name of the infra.",
  },
});

export const clusterRoutes = buildRouteMap({
  routes: { create: createCluster, status: clusterStatus, delete: deleteCluster },
  docs: { brief: "Whole infras: create, status, delete" },
});
