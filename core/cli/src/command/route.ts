/** From words to a command: which one is meant, and what of the words is left for it. Pure. */

import { nearest } from "@provisioning/model";
import type { Command, Domain, Group } from "./command.js";

export type Route =
  | { readonly kind: "run"; readonly path: readonly string[]; readonly command: Command; readonly rest: readonly string[] }
  | { readonly kind: "help"; readonly topic: Topic }
  | { readonly kind: "version" }
  | { readonly kind: "unknown"; readonly word: string; readonly within: readonly string[]; readonly nearest?: string };

/** What help can be about. */
export type Topic =
  | { readonly kind: "all" }
  /** What every command takes. */
  | { readonly kind: "flags" }
  | { readonly kind: "domain"; readonly domain: Domain }
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "command"; readonly path: readonly string[]; readonly command: Command };

interface Found {
  /** The full names: `server`, `create`. */
  readonly path: readonly string[];
  readonly group?: Group;
  readonly command?: Command;
  readonly rest: readonly string[];
}

const HELP_FLAGS: ReadonlySet<string> = new Set(["--help", "-h"]);
/** The word behind is the form of the help. */
const OUTPUT_FLAGS: ReadonlySet<string> = new Set(["--output", "-o"]);

/** `help` asks for the same as `--help` at any place; behind `--` nothing is read. */
export function route(domains: readonly Domain[], words: readonly string[]): Route {
  const [first, ...others] = words;
  if (first === undefined) return { kind: "help", topic: { kind: "all" } };
  if (first === "--version" || first === "-V") return { kind: "version" };
  if (first === "help") return helpRoute(domains, others);
  const found = find(domains, words);
  const asksForHelp = wantsHelp(found);
  if (first.startsWith("-") && asksForHelp) return helpRoute(domains, []);
  if (found.group === undefined && found.command === undefined) {
    const isAbout = asksForHelp ? others.length > 0 : isDomainAlone(domains, first, others);
    return isAbout ? helpRoute(domains, [first]) : unknown(domains, first);
  }
  if (asksForHelp) return { kind: "help", topic: topicOf(found) };
  if (found.command !== undefined) return { kind: "run", path: found.path, command: found.command, rest: found.rest };
  return routeWithin(found.group as Group, found);
}

/** A domain is nothing that runs: its name alone, or with `help` behind it, asks for its help. */
function isDomainAlone(domains: readonly Domain[], word: string, others: readonly string[]): boolean {
  const [next, ...more] = withoutFlags(others);
  return domains.some(({ name }) => name === word) && more.length === 0 && (next === undefined || next === "help");
}

/** A group without a command of it: its main command, its help, or a word that it does not know. */
function routeWithin(group: Group, { path, rest }: Found): Route {
  const [word] = rest;
  if (word === undefined && group.main === undefined) return { kind: "help", topic: { kind: "group", group } };
  const isArgument = word === undefined || word.startsWith("-") || (group.main?.arguments.length ?? 0) > 0;
  if (group.main !== undefined && isArgument) return { kind: "run", path, command: group.main, rest };
  return unknownIn(group, word as string);
}

function helpRoute(domains: readonly Domain[], words: readonly string[]): Route {
  const asked = withoutFlags(words);
  if (asked.length === 0) return { kind: "help", topic: { kind: "all" } };
  if (asked[0] === "flags") return { kind: "help", topic: { kind: "flags" } };
  const domain = domains.find(({ name }) => name === asked[0]);
  const found = find(domains, asked);
  if (found.command !== undefined || (found.group !== undefined && found.rest.length === 0))
    return { kind: "help", topic: topicOf(found) };
  if (domain !== undefined) return { kind: "help", topic: { kind: "domain", domain } };
  return found.group === undefined ? unknown(domains, asked[0] as string) : unknownIn(found.group, found.rest[0] as string);
}

function withoutFlags(words: readonly string[]): readonly string[] {
  return words.filter((word, at) => !word.startsWith("-") && !OUTPUT_FLAGS.has(words[at - 1] ?? ""));
}

function topicOf({ path, group, command }: Found): Topic {
  return command === undefined ? { kind: "group", group: group as Group } : { kind: "command", path, command };
}

/** Follows names, other names and shortcuts as far as they lead. */
function find(domains: readonly Domain[], words: readonly string[]): Found {
  const [first = "", second, ...rest] = words;
  const entry = entries(domains).find((item) => isCalled(item, first));
  if (entry?.kind === "group") {
    const inside = entry.commands.find((item) => second !== undefined && isCalled(item, second));
    if (inside === undefined) return { path: [entry.name], group: entry, rest: words.slice(1) };
    return { path: [entry.name, inside.name], group: entry, command: inside, rest };
  }
  if (entry !== undefined) return { path: [entry.name], command: entry, rest: words.slice(1) };
  for (const item of entries(domains)) {
    if (item.kind !== "group") continue;
    const direct = item.commands.find(({ shortcuts }) => shortcuts.includes(first));
    if (direct !== undefined) return { path: [item.name, direct.name], group: item, command: direct, rest: words.slice(1) };
  }
  return { path: [], rest: words };
}

function isCalled({ name, aliases }: Group | Command, word: string): boolean {
  return name === word || aliases.includes(word);
}

function wantsHelp({ rest }: Found): boolean {
  if (rest[0] === "help") return true;
  const end = rest.indexOf("--");
  return (end < 0 ? rest : rest.slice(0, end)).some((word) => HELP_FLAGS.has(word));
}

export function entries(domains: readonly Domain[]): readonly (Group | Command)[] {
  return domains.flatMap((domain) => domain.entries);
}

function unknown(domains: readonly Domain[], word: string): Route {
  const words = entries(domains).flatMap((item) => [
    item.name,
    ...item.aliases,
    ...(item.kind === "group" ? item.commands.flatMap(({ shortcuts }) => shortcuts) : []),
  ]);
  return withNearest(word, [], [...words, "help"].filter(isTyped));
}

function unknownIn(group: Group, word: string): Route {
  return withNearest(word, [group.name], group.commands.flatMap(({ name, aliases }) => [name, ...aliases]).filter(isTyped));
}

/** One or two letters are near to everything. */
function isTyped(word: string): boolean {
  return word.length > 2;
}

function withNearest(word: string, within: readonly string[], candidates: readonly string[]): Route {
  const meant = nearest(word, candidates);
  return { kind: "unknown", word, within, ...(meant === undefined ? {} : { nearest: meant }) };
}
