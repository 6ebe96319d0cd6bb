/** Commands on what is recorded: `state` and `graph`. */

import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { readAliases, type ReadFlags, readFlags } from "./flags.js";

const text = (value: string): string => value;
const resource = { brief: "Address (taskserv.db-01.etcd) or name (etcd)", placeholder: "resource", parse: text } as const;

export const stateRoutes = buildRouteMap({
  routes: {
    list: buildCommand<ReadFlags, [], CliContext>({
      loader: async () => (await import("./state/state.js")).list,
      parameters: { flags: readFlags, aliases: readAliases },
      docs: { brief: "List recorded resources" },
    }),
    show: buildCommand<ReadFlags, [string], CliContext>({
      loader: async () => (await import("./state/state.js")).show,
      parameters: { flags: readFlags, aliases: readAliases, positional: { kind: "tuple", parameters: [resource] } },
      docs: { brief: "Show all that is recorded of one resource" },
    }),
  },
  docs: { brief: "What was recorded after the last change: list, show" },
});

export const graphRoutes = buildRouteMap({
  routes: {
    query: buildCommand<ReadFlags, string[], CliContext>({
      loader: async () => (await import("./state/graph.js")).query,
      parameters: {
        flags: readFlags,
        aliases: readAliases,
        positional: {
          kind: "array",
          parameter: { brief: "A question, or a condition as a KCL expression", placeholder: "question", parse: text },
          minimum: 1,
        },
      },
      docs: {
        brief: "Ask about resources and how they belong together",
        fullDescription:
          "  provisioning graph query what depends on etcd\n" +
          "  provisioning graph query what does nginx depend on\n" +
          "  provisioning graph query what runs on db-01\n" +
          "  provisioning graph query where does redis run\n" +
          '  provisioning graph query \'kind == "server" and spec.plan == "small"\'\n\n' +
          "A condition sees kind, name, address, infra, provider, status, depends_on, spec and attributes.",
      },
    }),
    dependents: buildCommand<ReadFlags, [string], CliContext>({
      loader: async () => (await import("./state/graph.js")).dependents,
      parameters: { flags: readFlags, aliases: readAliases, positional: { kind: "tuple", parameters: [resource] } },
      docs: { brief: "List what cannot be without a resource" },
    }),
    path: buildCommand<ReadFlags, [string, string], CliContext>({
      loader: async () => (await import("./state/graph.js")).path,
      parameters: { flags: readFlags, aliases: readAliases, positional: { kind: "tuple", parameters: [resource, resource] } },
      docs: { brief: "Tell how one resource comes to need another" },
    }),
  },
  docs: { brief: "How resources belong together: query, dependents, path" },
});
