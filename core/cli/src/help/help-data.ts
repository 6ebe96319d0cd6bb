/** Help as data: what `help -o json` prints, of one topic or of all. Pure. */

import type { Command, Domain, Group } from "../command/command.js";
import type { Topic } from "../command/route.js";
import { flagName } from "../command/spelling.js";
import { VIEW_WORDS } from "../command/view-words.js";

export interface CommandData {
  readonly command: string;
  readonly brief: string;
  readonly details?: string;
  readonly aliases: readonly string[];
  readonly examples: readonly { readonly command: string; readonly meaning: string }[];
  readonly arguments: Command["arguments"];
  readonly flags: readonly { readonly name: string; readonly brief: string; readonly values?: readonly string[] }[];
  /** The action whose result it prints, and the version of that schema. */
  readonly result?: Command["result"];
}

export function helpData(domains: readonly Domain[], topic: Topic): unknown {
  switch (topic.kind) {
    case "all":
      return { domains: domains.map((domain) => domainData(domain)) };
    case "flags":
      return { words: VIEW_WORDS.map(({ words, brief }) => ({ words, brief })) };
    case "domain":
      return domainData(topic.domain);
    case "group":
      return groupData(topic.group);
    case "command":
      return commandData(topic.path, topic.command);
  }
}

function domainData({ name, brief, entries }: Domain) {
  return {
    name,
    brief,
    commands: entries.map((entry) => ({ name: entry.name, aliases: entry.aliases, brief: entry.brief })),
  };
}

function groupData({ name, aliases, brief, commands, main }: Group) {
  return {
    name,
    aliases,
    brief,
    commands: [
      ...(main === undefined ? [] : [commandData([name], main)]),
      ...commands.map((command) => commandData([name, command.name], command)),
    ],
  };
}

export function commandData(path: readonly string[], command: Command): CommandData {
  const { brief, details, aliases, shortcuts, examples, flags, result } = command;
  return {
    command: path.join(" "),
    brief,
    ...(details === undefined ? {} : { details }),
    aliases: [...shortcuts, ...aliases.map((alias) => [...path.slice(0, -1), alias].join(" "))],
    examples: examples.map(([words, meaning]) => ({ command: `provisioning ${words}`, meaning })),
    arguments: command.arguments,
    flags: Object.entries(flags)
      .filter(([, { hidden }]) => hidden !== true)
      .map(([name, { brief: told, values }]) => ({
        name: flagName(name),
        brief: told,
        ...(values === undefined ? {} : { values }),
      })),
    ...(result === undefined ? {} : { result }),
  };
}

/** Every command with its path, in the order of the table. */
export function allCommands(
  domains: readonly Domain[],
): readonly { readonly path: readonly string[]; readonly command: Command; readonly domain: string }[] {
  return domains.flatMap(({ name: domain, entries }) =>
    entries.flatMap((entry) =>
      (entry.kind === "group" ? ofGroup(entry) : [{ path: [entry.name], command: entry }]).map((found) => ({ ...found, domain })),
    ),
  );
}

function ofGroup({ name, main, commands }: Group) {
  return [
    ...(main === undefined ? [] : [{ path: [name], command: main }]),
    ...commands.map((command) => ({ path: [name, command.name], command })),
  ];
}
