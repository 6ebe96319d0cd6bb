/**
 * What a command is. The tables in `commands/` are made of these; routing, help, shortcuts, completion and the reference all read them, so
 * nothing about a command is written twice.
 */

import { buildCommand, type Command as Parser } from "@stricli/core";
import type { ActionName } from "@provisioning/actions";
import type { CliContext } from "../cli-context.js";

/** What to type, without `provisioning`, and what that does. */
export type Example = readonly [words: string, meaning: string];

export interface Command {
  readonly kind: "command";
  /** The word that is typed. */
  readonly name: string;
  /** Other words for it, in the same group. */
  readonly aliases: readonly string[];
  /** Words for it right behind `provisioning`. */
  readonly shortcuts: readonly string[];
  /** One line, without a full stop. */
  readonly brief: string;
  /** More that one has to know, in sentences. */
  readonly details?: string;
  readonly examples: readonly Example[];
  readonly flags: Readonly<Record<string, FlagInfo>>;
  /** One letter to the name of a flag. */
  readonly letters: Readonly<Record<string, string>>;
  readonly arguments: readonly ArgumentInfo[];
  /** What it prints: the result of an action, or a schema of its own. Absent: text only. */
  readonly result?: ResultInfo;
  readonly parser: () => Parser<CliContext>;
}

/** How a result is described; `version` grows when a field changes its meaning or goes away. */
export interface ResultInfo {
  readonly action: ActionName;
  readonly version: number;
  /** It prints a part of what the action gives, under this name in the reference. */
  readonly part?: string;
}

export interface FlagInfo {
  readonly kind: "boolean" | "counter" | "enum" | "parsed";
  readonly brief: string;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  readonly default?: unknown;
  readonly optional?: boolean;
  readonly hidden?: boolean;
  /** Of a command with many flags of one kind: help only names them, together, under this word. */
  readonly family?: string;
  readonly variadic?: boolean | string;
  readonly withNegated?: boolean;
}

export interface ArgumentInfo {
  readonly brief: string;
  readonly placeholder: string;
  readonly optional: boolean;
  /** It can be repeated. */
  readonly many: boolean;
}

export interface Group {
  readonly kind: "group";
  readonly name: string;
  readonly aliases: readonly string[];
  readonly brief: string;
  readonly details?: string;
  readonly commands: readonly Command[];
  /** What runs when no command of the group is named: `plan`, `version`. */
  readonly main?: Command;
}

export interface Domain {
  readonly name: string;
  readonly brief: string;
  readonly entries: readonly (Group | Command)[];
}

/** What the parser asks of a type of flags: any type with named fields. */
type FlagsOf<F> = Readonly<Partial<Record<keyof F, unknown>>>;
type Arguments = readonly unknown[];
type LazyParser<F extends FlagsOf<F>, A extends Arguments> = Extract<
  Parameters<typeof buildCommand<F, A, CliContext>>[0],
  { readonly loader: unknown }
>;

export type CommandSpec<F extends FlagsOf<F>, A extends Arguments> = Pick<LazyParser<F, A>, "loader" | "parameters"> & {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly shortcuts?: readonly string[];
  readonly brief: string;
  readonly details?: string;
  readonly examples: readonly [Example, ...Example[]];
  /** The action whose result is printed, in version 1; or more about it. */
  readonly result?: ActionName | ResultInfo;
};

/** `F`: what its code gets as flags; `A`: what it gets as arguments. */
export function command<F extends FlagsOf<F>, A extends Arguments = []>(spec: CommandSpec<F, A>): Command {
  const { name, brief, details, examples, aliases = [], shortcuts = [], result, loader, parameters } = spec;
  const { flags = {}, aliases: letters = {}, positional } = parameters as ShownParameters;
  return {
    kind: "command",
    name,
    aliases,
    shortcuts,
    brief,
    ...(details === undefined ? {} : { details }),
    examples,
    flags,
    letters,
    arguments: argumentsOf(positional),
    ...(result === undefined ? {} : { result: typeof result === "string" ? { action: result, version: 1 } : result }),
    parser: () => buildCommand<F, A, CliContext>({ loader, parameters, docs: { brief } } as LazyParser<F, A>),
  };
}

export type GroupSpec = Omit<Group, "kind" | "aliases"> & { readonly aliases?: readonly string[] };

export function group(spec: GroupSpec): Group {
  return { kind: "group", aliases: [], ...spec };
}

interface ShownParameters {
  readonly flags?: Readonly<Record<string, FlagInfo>>;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly positional?: ShownPositional;
}

interface ShownArgument {
  readonly brief: string;
  readonly placeholder?: string;
  readonly optional?: boolean;
}

type ShownPositional =
  | { readonly kind: "tuple"; readonly parameters: readonly ShownArgument[] }
  | { readonly kind: "array"; readonly parameter: ShownArgument; readonly minimum?: number };

function argumentsOf(positional: ShownPositional | undefined): ArgumentInfo[] {
  if (positional === undefined) return [];
  if (positional.kind === "tuple")
    return positional.parameters.map(({ brief, placeholder = "argument", optional = false }) => ({
      brief,
      placeholder,
      optional,
      many: false,
    }));
  const { brief, placeholder = "argument" } = positional.parameter;
  return [{ brief, placeholder, optional: (positional.minimum ?? 0) === 0, many: true }];
}
