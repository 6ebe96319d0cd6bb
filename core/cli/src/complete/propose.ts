/** How what is typed so far can go on: words of the table, and kinds of names that somebody else looks up. Pure. */

import type { ArgumentInfo, Command, Domain, FlagInfo, Group } from "../command/command.js";
import { entries } from "../command/route.js";
import { flagName } from "../command/spelling.js";
import { countLeading, VIEW_WORDS } from "../command/view-words.js";

export interface Proposal {
  readonly word: string;
  readonly brief: string;
}

export interface Proposals {
  readonly words: readonly Proposal[];
  /** The placeholder of the flag or argument whose value is typed: `server`, `infra`, `file`, … */
  readonly names?: string;
}

/** `typed`: all words behind `provisioning`; the last one is what is being typed, maybe empty. */
export function propose(domains: readonly Domain[], typed: readonly string[]): Proposals {
  const partial = typed.at(-1) ?? "";
  const complete = typed.slice(0, -1);
  const before = complete.slice(countLeading(complete)).filter((word) => !isViewWord(word));
  const [first, second] = before;
  if (first === undefined) return firstWords(domains, partial);
  if (first === "help") return matching(before.length === 1 ? topics(domains) : [], partial);
  const entry = entries(domains).find((item) => isCalled(item, first)) ?? shortcut(domains, first);
  if (entry === undefined) return { words: [] };
  if (entry.kind === "command") return withinCommand(entry, before.slice(1), partial);
  const inside = entry.commands.find((item) => second !== undefined && isCalled(item, second));
  if (inside !== undefined) return withinCommand(inside, before.slice(2), partial);
  return groupWords(entry, before.slice(1), partial);
}

function firstWords(domains: readonly Domain[], partial: string): Proposals {
  if (partial.startsWith("-")) return matching(viewWords(), partial);
  return matching([...entries(domains).map(proposalOf), { word: "help", brief: "Help on a command" }], partial);
}

function groupWords(group: Group, before: readonly string[], partial: string): Proposals {
  const main: Proposals = group.main === undefined ? { words: [] } : withinCommand(group.main, before, partial);
  if (before.length > 0 || partial.startsWith("-")) return main;
  const own = matching(group.commands.map(proposalOf), partial);
  return { ...main, words: [...own.words, ...main.words] };
}

function withinCommand(command: Command, before: readonly string[], partial: string): Proposals {
  const flag = valueFlag(command, before.at(-1));
  if (flag !== undefined) return valuesOf(flag, partial);
  if (partial.startsWith("-")) {
    const [name = "", value] = partial.split("=", 2);
    const given = value === undefined ? undefined : valueFlag(command, name);
    if (given !== undefined && value !== undefined) {
      const { words, names } = valuesOf(given, value);
      return {
        words: words.map((item) => ({ ...item, word: `${name}=${item.word}` })),
        ...(names === undefined ? {} : { names }),
      };
    }
    return matching([...flagWords(command), ...viewWords()], partial);
  }
  const argument = argumentAt(command.arguments, countArguments(command, before));
  return argument === undefined ? { words: [] } : { words: [], names: argument.placeholder };
}

/** The flag whose value comes next. */
function valueFlag({ flags, letters }: Command, word: string | undefined): FlagInfo | undefined {
  if (word === undefined || !word.startsWith("-") || word.includes("=")) return undefined;
  const name = word.startsWith("--")
    ? Object.keys(flags).find((found) => `--${flagName(found)}` === word)
    : letters[word.slice(1)];
  const flag = name === undefined ? undefined : flags[name];
  return flag === undefined || flag.kind === "boolean" || flag.kind === "counter" ? undefined : flag;
}

function valuesOf({ values, placeholder }: FlagInfo, partial: string): Proposals {
  if (values !== undefined)
    return matching(
      values.map((word) => ({ word, brief: "" })),
      partial,
    );
  return { words: [], ...(placeholder === undefined ? {} : { names: placeholder }) };
}

function countArguments(command: Command, before: readonly string[]): number {
  return before.filter((word, at) => !word.startsWith("-") && valueFlag(command, before[at - 1]) === undefined).length;
}

function argumentAt(all: readonly ArgumentInfo[], at: number): ArgumentInfo | undefined {
  const last = all.at(-1);
  return all[at] ?? (last?.many === true ? last : undefined);
}

function flagWords({ flags }: Command): Proposal[] {
  return Object.entries(flags)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, { brief }]) => ({ word: `--${flagName(name)}`, brief }));
}

function isViewWord(word: string): boolean {
  return VIEW_WORDS.some(({ words }) => words.includes(word));
}

function viewWords(): Proposal[] {
  return VIEW_WORDS.flatMap(({ words, brief }) => words.filter((word) => word.startsWith("--")).map((word) => ({ word, brief })));
}

function topics(domains: readonly Domain[]): Proposal[] {
  return [...domains.map(({ name, brief }) => ({ word: name, brief })), ...entries(domains).map(proposalOf)];
}

function shortcut(domains: readonly Domain[], word: string): Command | undefined {
  return entries(domains)
    .flatMap((entry) => (entry.kind === "group" ? entry.commands : []))
    .find(({ shortcuts }) => shortcuts.includes(word));
}

function isCalled({ name, aliases }: Group | Command, word: string): boolean {
  return name === word || aliases.includes(word);
}

function proposalOf({ name, brief }: Group | Command): Proposal {
  return { word: name, brief };
}

function matching(proposals: readonly Proposal[], partial: string): Proposals {
  return { words: proposals.filter(({ word }) => word.startsWith(partial)) };
}
