/** Commands on what a workspace has and can use: infras, providers. */

import { type Command, command, group } from "../command/command.js";
import { positional, type ShownFlags, shownFlags, shownLetters, argument } from "./flags.js";

const parameters = { flags: shownFlags, aliases: shownLetters } as const;

export const infraGroup = group({
  name: "infra",
  aliases: ["infras"],
  brief: "Infras of the workspace",
  commands: [
    command<ShownFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List infras with their servers and taskservs",
      examples: [["infra list", "as they are described"]],
      loader: async () => (await import("./catalog/infras.js")).listInfras,
      parameters,
      result: "infra.names",
    }),
  ],
});

/** `provider plans` and `plan map` are the same. */
export function sizesCommand(name: string, typed: string, aliases: readonly string[]): Command {
  return command<ShownFlags>({
    name,
    aliases,
    brief: "Show what small to xlarge are at each provider",
    examples: [
      [typed, "cores, memory, disk and the provider's own name"],
      [`${typed} -o json`, "all sizes of all providers, for a program"],
    ],
    loader: async () => (await import("./catalog/providers.js")).showPlans,
    parameters,
    result: "catalog.providers",
  });
}

export const providerGroup = group({
  name: "provider",
  aliases: ["pr", "providers"],
  brief: "Providers: who makes servers and networks",
  commands: [
    command<ShownFlags>({
      name: "list",
      aliases: ["ls", "l"],
      brief: "List providers with their limits and images",
      examples: [["provider list", "the platform's and the workspace's own"]],
      loader: async () => (await import("./catalog/providers.js")).listProviders,
      parameters,
      result: "catalog.providers",
    }),
    sizesCommand("plans", "provider plans", ["sizes"]),
  ],
});

/** For the group of taskservs. */
export const taskservSchemaCommand = command<ShownFlags, [string]>({
  name: "schema",
  aliases: ["fields"],
  brief: "Show what a taskserv can be configured with",
  examples: [
    ["taskserv schema redis", "fields, types, defaults and what they mean"],
    ["taskserv schema redis -o json", "with checks, for a program"],
  ],
  loader: async () => (await import("./catalog/schema.js")).taskservSchema,
  parameters: { ...parameters, positional: positional(argument("taskserv", "Name of a taskserv")) },
  result: "catalog.schema",
});
