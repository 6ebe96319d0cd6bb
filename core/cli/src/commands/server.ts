/** Commands on servers. */

import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "../cli-context.js";
import {
  changeAliases,
  type InfraFlags,
  infraFlag,
  readAliases,
  type ReadFlags,
  readFlags,
  workspaceFlags,
  type WriteFlags,
  writeFlags,
} from "./flags.js";

const names = {
  kind: "array",
  parameter: { brief: "Names of servers", placeholder: "server", parse: (value: string) => value },
} as const;
const someNames = { ...names, minimum: 1 } as const;

export const serverRoutes = buildRouteMap({
  routes: {
    create: buildCommand<WriteFlags, string[], CliContext>({
      loader: async () => (await import("./server/change.js")).createServers,
      parameters: { flags: writeFlags, aliases: changeAliases, positional: names },
      docs: { brief: "Make servers and what runs on them; all when none is named" },
    }),
    delete: buildCommand<WriteFlags, string[], CliContext>({
      loader: async () => (await import("./server/change.js")).deleteServers,
      parameters: { flags: writeFlags, aliases: changeAliases, positional: someNames },
      docs: { brief: "Remove servers" },
    }),
    list: buildCommand<ReadFlags, [], CliContext>({
      loader: async () => (await import("./server/show.js")).listServers,
      parameters: { flags: readFlags, aliases: readAliases },
      docs: { brief: "List servers" },
    }),
    status: buildCommand<ReadFlags, [string], CliContext>({
      loader: async () => (await import("./server/show.js")).serverStatus,
      parameters: {
        flags: readFlags,
        aliases: readAliases,
        positional: {
          kind: "tuple",
          parameters: [{ brief: "Name of a server", placeholder: "server", parse: (value: string) => value }],
        },
      },
      docs: { brief: "Show one server and what runs on it" },
    }),
    ssh: buildCommand<InfraFlags, [string, ...string[]], CliContext>({
      loader: async () => (await import("./server/ssh.js")).ssh,
      parameters: { flags: { ...infraFlag, ...workspaceFlags }, aliases: { i: "infra" }, positional: someNames as never },
      docs: { brief: "Open a shell on a server, or run a command: server ssh web-01 -- uptime" },
    }),
  },
  docs: { brief: "Servers: create, delete, list, status, ssh" },
});
