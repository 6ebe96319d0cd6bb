/** Commands on what is recorded: `state` and `graph`. */

import { command, group } from "../command/command.js";
import { argument, positional, type ReadFlags, readFlags, readLetters, several } from "./flags.js";

const resource = argument("resource", "Address (taskserv.db-01.etcd) or name (etcd)");

export const stateGroup = group({
  name: "state",
  aliases: ["sta"],
  brief: "What was recorded after the last change",
  commands: [
    command<ReadFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List recorded resources",
      examples: [["state list", "of the only infra"]],
      loader: async () => (await import("./state/state.js")).list,
      parameters: { flags: readFlags, aliases: readLetters },
      result: "state.list",
    }),
    command<ReadFlags, [string]>({
      name: "show",
      aliases: ["sh"],
      brief: "Show all that is recorded of one resource",
      examples: [["state show server.db-01", "its attributes and what it depends on"]],
      loader: async () => (await import("./state/state.js")).show,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(resource) },
      result: "state.show",
    }),
  ],
});

export const graphGroup = group({
  name: "graph",
  aliases: ["g"],
  brief: "How resources belong together",
  commands: [
    command<ReadFlags, string[]>({
      name: "query",
      aliases: ["q"],
      brief: "Ask about resources and how they belong together",
      details: "A condition sees kind, name, address, infra, provider, status, depends_on, spec and attributes.",
      examples: [
        ["graph query what depends on etcd", "also: what does nginx depend on"],
        ["graph query what runs on db-01", "also: where does redis run"],
        ['graph query \'kind == "server" and spec.plan == "small"\'', "a condition in KCL"],
      ],
      loader: async () => (await import("./state/graph.js")).query,
      parameters: {
        flags: readFlags,
        aliases: readLetters,
        positional: several("question", "A question, or a condition as a KCL expression", 1),
      },
      result: "graph.query",
    }),
    command<ReadFlags, [string]>({
      name: "dependents",
      aliases: ["deps"],
      brief: "List what cannot be without a resource",
      examples: [["graph dependents server.db-01", "what goes when it goes"]],
      loader: async () => (await import("./state/graph.js")).dependents,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(resource) },
      result: "graph.dependents",
    }),
    command<ReadFlags, [string, string]>({
      name: "path",
      brief: "Tell how one resource comes to need another",
      examples: [["graph path nginx etcd", "by way of what"]],
      loader: async () => (await import("./state/graph.js")).path,
      parameters: { flags: readFlags, aliases: readLetters, positional: positional(resource, resource) },
      result: "graph.path",
    }),
  ],
});
