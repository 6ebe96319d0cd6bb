/** Commands on taskservs: the services on servers. */

import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import { changeAliases, parseNames, readAliases, type ReadFlags, readFlags, type WriteFlags, writeFlags } from "./flags.js";

type TaskservFlags = WriteFlags & { readonly servers?: readonly string[] };

const onServers = {
  servers: {
    kind: "parsed",
    parse: parseNames,
    optional: true,
    placeholder: "names",
    brief: "Only on these servers, separated by commas",
  },
} as const;
const someNames = {
  kind: "array",
  minimum: 1,
  parameter: { brief: "Names of taskservs", placeholder: "taskserv", parse: (value: string) => value },
} as const;

export const taskservRoutes = buildRouteMap({
  routes: {
    create: buildCommand<TaskservFlags, string[], CliContext>({
      loader: async () => (await import("./taskserv/change.js")).createTaskservs,
      parameters: {
        flags: { ...writeFlags, ...onServers },
        aliases: changeAliases,
        positional: someNames,
      },
      docs: { brief: "Install taskservs with what they require" },
    }),
    delete: buildCommand<TaskservFlags, string[], CliContext>({
      loader: async () => (await import("./taskserv/change.js")).deleteTaskservs,
      parameters: {
        flags: { ...writeFlags, ...onServers },
        aliases: changeAliases,
        positional: someNames,
      },
      docs: { brief: "Remove taskservs from their servers" },
    }),
    list: buildCommand<ReadFlags & { readonly all?: boolean }, [], CliContext>({
      loader: async () => (await import("./taskserv/show.js")).listTaskservs,
      parameters: {
        flags: {
          ...readFlags,
          all: { kind: "boolean", optional: true, withNegated: false, brief: "All that could be installed" },
        },
        aliases: readAliases,
      },
      docs: { brief: "List what is installed, or with --all what could be" },
    }),
    status: buildCommand<ReadFlags, [string], CliContext>({
      loader: async () => (await import("./taskserv/show.js")).taskservStatus,
      parameters: {
        flags: readFlags,
        aliases: readAliases,
        positional: {
          kind: "tuple",
          parameters: [{ brief: "Name of a taskserv", placeholder: "taskserv", parse: (value: string) => value }],
        },
      },
      docs: { brief: "Show one taskserv on its servers, and check its health" },
    }),
  },
  docs: { brief: "Taskservs: create, delete, list, status" },
});
