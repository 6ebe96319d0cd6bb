/**
 * Help as text, made from the table of commands: examples first, then what one can type, then where to read more. A page of it fits a
 * terminal; what every command takes is on a page of its own. Pure.
 */

import type { Command, Domain, Example, FlagInfo, Group } from "../command/command.js";
import type { Topic } from "../command/route.js";
import { flagName } from "../command/spelling.js";
import { VIEW_WORDS } from "../command/view-words.js";
import type { Style } from "../style.js";
import { columns, type Row, wrap } from "./lines.js";

export interface HelpOptions {
  readonly style: Style;
  readonly width: number;
}

const REFERENCE = "docs/user/reference/commands.md";

export function helpText(domains: readonly Domain[], topic: Topic, options: HelpOptions): string {
  switch (topic.kind) {
    case "all":
      return allText(domains, options);
    case "flags":
      return commonFlagsText(domains, options);
    case "domain":
      return domainText(topic.domain, options);
    case "group":
      return groupText(topic.group, options);
    case "command":
      return commandText(topic.path, topic.command, options);
  }
}

function allText(domains: readonly Domain[], { style, width }: HelpOptions): string {
  const entries = domains.flatMap(({ name, entries: found }) =>
    found.length === 0 ? [] : [{ left: name, right: found.map((entry) => entry.name).join(", ") }],
  );
  return [
    "Servers, the services on them and whole clusters, described in KCL.",
    ...exampleLines(
      [
        ["workspace init shop", "make a workspace"],
        ["plan", "show what would change"],
        ["apply", "make it so"],
        ["cluster status", "what runs, and how to reach it"],
      ],
      style,
      width,
    ),
    "",
    style.bold("Commands"),
    ...columns(entries, width),
    "",
    ...columns(
      [
        { left: "provisioning <command> help", right: "also: help <command>, --help" },
        { left: "provisioning sc", right: "quick reference" },
        { left: "provisioning guide from-scratch", right: "from nothing to a healthy service" },
        { left: "provisioning help flags", right: "what every command takes" },
      ],
      width,
    ),
  ].join("\n");
}

function domainText({ name, brief, entries }: Domain, { style, width }: HelpOptions): string {
  const rows = entries.map((entry) => ({ left: [entry.name, ...entry.aliases].join(", "), right: entry.brief }));
  return [
    `${name}: ${brief}`,
    "",
    style.bold("Commands"),
    ...columns(rows, width),
    "",
    style.dim(`Documentation: ${REFERENCE}#${name}`),
  ].join("\n");
}

function groupText({ name, aliases, brief, details, commands, main }: Group, { style, width }: HelpOptions): string {
  const examples = [...(main?.examples ?? []), ...commands.map(({ examples: [first] }) => first)].filter(
    (found) => found !== undefined,
  );
  return [
    ...heading(brief, details ?? main?.details, width),
    ...exampleLines(examples.slice(0, 5), style, width),
    "",
    style.bold("Commands"),
    ...columns(
      commands.map((item) => ({ left: [item.name, ...item.aliases].join(", "), right: item.brief })),
      width,
    ),
    ...(main === undefined ? [] : ["", ...usage(name, main, style), ...flagLines(main, style, width)]),
    "",
    ...also([{ title: "Also called", text: aliases.join(", ") }], style),
    style.dim(`Documentation: ${REFERENCE}#${name}`),
  ].join("\n");
}

function commandText(path: readonly string[], command: Command, { style, width }: HelpOptions): string {
  const typed = path.join(" ");
  const others = [...command.shortcuts, ...command.aliases.map((alias) => [...path.slice(0, -1), alias].join(" "))];
  return [
    ...heading(command.brief, command.details, width),
    ...exampleLines(command.examples, style, width),
    "",
    ...usage(typed, command, style),
    ...argumentLines(command, width),
    ...flagLines(command, style, width),
    "",
    ...also([{ title: "Also called", text: others.join(", ") }], style),
    style.dim(`Documentation: ${REFERENCE}#${path.join("-")}`),
  ].join("\n");
}

function heading(brief: string, details: string | undefined, width: number): string[] {
  return [`${brief}.`, ...(details === undefined ? [] : wrap(details, width)), ""];
}

/** What is typed is worth more room than what it means. */
const LARGEST_EXAMPLE = 0.6;

function exampleLines(examples: readonly Example[], style: Style, width: number): string[] {
  const rows = examples.map(([words, meaning]) => ({ left: `provisioning ${words}`, right: meaning }));
  return [style.bold("Examples"), ...columns(rows, width, LARGEST_EXAMPLE)];
}

function usage(typed: string, command: Command, style: Style): string[] {
  const words = command.arguments.map(({ placeholder, optional, many }) => {
    const word = `<${placeholder}>${many ? "…" : ""}`;
    return optional ? `[${word}]` : word;
  });
  const flags = Object.keys(command.flags).length > 0 ? ["[flags]"] : [];
  return [`${style.bold("Usage")}  ${["provisioning", typed, ...words, ...flags].join(" ")}`];
}

function argumentLines(command: Command, width: number): string[] {
  return columns(
    command.arguments.map(({ placeholder, brief }) => ({ left: `<${placeholder}>`, right: brief })),
    width,
  );
}

/** Flags that say where and how are the same everywhere: they are told on one line. */
const COMMON: ReadonlySet<string> = new Set(["workspace", "env", "debug", "output"]);

function flagLines(command: Command, style: Style, width: number): string[] {
  const common = Object.keys(command.flags).filter((name) => COMMON.has(name));
  const rows = flagRows(command, (name, { hidden, family }) => hidden !== true && family === undefined && !COMMON.has(name));
  const named = [...familiesOf(command), ...(common.length === 0 ? [] : [["and", common] as const])];
  const namedRows = named.map(([left, names], at) => ({
    left,
    right: `${names.map((name) => `--${flagName(name)}`).join(", ")}${at === named.length - 1 ? "; see: provisioning help flags" : ""}`,
  }));
  return [...(rows.length === 0 ? [] : ["", style.bold("Flags"), ...columns(rows, width)]), ...columns(namedRows, width)];
}

/** Flags that are named together, by their family. */
function familiesOf({ flags }: Command): readonly (readonly [family: string, names: readonly string[]])[] {
  const families = new Map<string, readonly string[]>();
  for (const [name, { family, hidden }] of Object.entries(flags)) {
    if (family !== undefined && hidden !== true) families.set(family, [...(families.get(family) ?? []), name]);
  }
  return [...families];
}

function flagRow(name: string, flag: FlagInfo, letters: Readonly<Record<string, string>>): Row {
  const letter = Object.entries(letters).find(([, of]) => of === name)?.[0];
  const value =
    flag.kind === "enum"
      ? ` <${(flag.values ?? []).join("|")}>`
      : flag.kind === "parsed"
        ? ` <${flag.placeholder ?? "value"}>`
        : "";
  const preset =
    flag.default === undefined || flag.kind === "boolean" ? "" : ` (default ${JSON.stringify(flag.default).replaceAll('"', "")})`;
  return { left: `${letter === undefined ? "" : `-${letter}, `}--${flagName(name)}${value}`, right: `${flag.brief}${preset}` };
}

/** Flags that many commands share, and words that all take. */
function commonFlagsText(domains: readonly Domain[], { style, width }: HelpOptions): string {
  const takers = domains.flatMap(({ entries }) => entries).filter((entry) => entry.kind === "command");
  const shown = takers.find(({ flags }) => [...COMMON].every((name) => name in flags));
  const rows = flagRows(shown, (name) => COMMON.has(name));
  const words = VIEW_WORDS.map(({ words: found, brief }) => ({ left: found.join(", "), right: brief }));
  const storage = flagRows(shown, (_, { hidden }) => hidden === true);
  return [
    style.bold("Where and how"),
    ...columns(rows, width),
    "",
    style.bold("What every command takes"),
    ...columns(words, width),
    "",
    style.bold("Where runs and state are kept, in commands of a workspace"),
    ...columns(storage, width),
  ].join("\n");
}

function flagRows(command: Command | undefined, isWanted: (name: string, flag: FlagInfo) => boolean): Row[] {
  if (command === undefined) return [];
  return Object.entries(command.flags)
    .filter(([name, flag]) => isWanted(name, flag))
    .map(([name, flag]) => flagRow(name, flag, command.letters));
}

function also(items: readonly { readonly title: string; readonly text: string }[], style: Style): string[] {
  return items.filter(({ text }) => text !== "").map(({ title, text }) => style.dim(`${title}: ${text}`));
}
