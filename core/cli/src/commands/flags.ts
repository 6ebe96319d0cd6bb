/** Flags and arguments that many commands share, each defined once. */

import { OUTPUT_FORMATS, type OutputFormat } from "../output.js";
import { storageFlags } from "../storage-flags.js";

export const text = (value: string): string => value;

/** Names separated by commas. A list that names nothing is a mistake: it must not come to mean everything. */
function parseNames(value: string): readonly string[] {
  const names = value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new Error("it names nothing");
  return names;
}

/** Says what is expected, not what was typed. */
function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number)) throw new Error("it is no number");
  return number;
}

/** A flag that is there or not. */
export function onOff(brief: string) {
  return { kind: "boolean", optional: true, withNegated: false, brief } as const;
}

/** A flag with a text, which may be missing. */
export function textFlag(placeholder: string, brief: string) {
  return { kind: "parsed", parse: text, optional: true, placeholder, brief } as const;
}

/** A flag with names that are separated by commas, which may be missing. */
export function namesFlag(brief: string) {
  return { kind: "parsed", parse: parseNames, optional: true, placeholder: "names", brief } as const;
}

/** A flag with a number, which may be missing. */
export function numberFlag(brief: string) {
  return { kind: "parsed", parse: parseNumber, optional: true, placeholder: "number", brief } as const;
}

/** A flag with a number that has a default. */
export function countFlag(preset: string, brief: string) {
  return { kind: "parsed", parse: parseNumber, default: preset, placeholder: "number", brief } as const;
}

/** The placeholder says what is completed: `server`, `infra`, `workspace`, `run`, `taskserv`, `key`, … */
export function argument(placeholder: string, brief: string) {
  return { brief, placeholder, parse: text } as const;
}

export function optionalArgument(placeholder: string, brief: string) {
  return { ...argument(placeholder, brief), optional: true } as const;
}

/** Arguments one after the other. */
export function positional<const P extends readonly unknown[]>(...parameters: P) {
  return { kind: "tuple", parameters } as const;
}

/** One argument that can be repeated. */
export function several(placeholder: string, brief: string, minimum = 0) {
  return { kind: "array", parameter: argument(placeholder, brief), minimum } as const;
}

export const infraFlag = { infra: textFlag("infra", "Infra to work on; the only one when missing") } as const;

export const workspaceFlags = {
  workspace: textFlag("workspace", "Workspace to work in, by name or path; else the folder's, else the active one"),
  env: textFlag("env", "Environment whose settings apply, such as prod"),
  debug: onOff("Show stack traces of failures"),
  ...storageFlags({ hidden: true }),
} as const;

export const outputFlag = {
  output: { kind: "enum", values: OUTPUT_FORMATS, default: "table", brief: "Form of the result" },
} as const;

export const strictFlag = { strict: onOff("Exit with 4 when there are warnings") } as const;

export const yesFlag = { yes: onOff("Go ahead without asking") } as const;

export const checkFlag = { check: onOff("Only show what would change") } as const;

const changeFlags = { ...yesFlag, ...checkFlag } as const;

export const planFlag = {
  plan: textFlag("size", "Size of all servers, over every other setting: small, medium, large, xlarge"),
} as const;

export interface WorkspaceFlags {
  readonly workspace?: string;
  readonly env?: string;
  readonly debug?: boolean;
}

export interface InfraFlags extends WorkspaceFlags {
  readonly infra?: string;
}

export interface OutputFlags {
  readonly output: OutputFormat;
}

export interface StrictFlags {
  readonly strict?: boolean;
}

export interface CheckFlags {
  readonly check?: boolean;
}

/** As actions take it. */
export function checkInput({ check }: CheckFlags): { readonly check?: true } {
  return check === true ? { check } : {};
}

export interface ChangeFlags extends CheckFlags {
  readonly yes?: boolean;
}

/** What commands in a workspace take that print something. */
export const shownFlags = { ...workspaceFlags, ...outputFlag } as const;
export type ShownFlags = WorkspaceFlags & OutputFlags;

/** What reading commands on an infra take. */
export const readFlags = { ...infraFlag, ...shownFlags } as const;
export type ReadFlags = InfraFlags & OutputFlags;

/** What changing commands on an infra take. */
export const writeFlags = { ...readFlags, ...changeFlags, ...planFlag } as const;
export type WriteFlags = ReadFlags & ChangeFlags & { readonly plan?: string };

/** Short forms; a command uses those of its own flags. */
export const placeLetters = { w: "workspace", e: "env" } as const;
export const outputLetter = { o: "output" } as const;
export const shownLetters = { ...placeLetters, ...outputLetter } as const;
export const readLetters = { ...shownLetters, i: "infra" } as const;
export const writeLetters = { ...readLetters, y: "yes" } as const;
