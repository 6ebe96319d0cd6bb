/** Which values of a file are encrypted: at most one rule, on the keys above a value. Without one: all but those below `…_unencrypted`. */

import type { Path } from "./document.js";
import { SopsMetadataError } from "./errors.js";

export const RULES = ["unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex"] as const;
export type Rule = (typeof RULES)[number];
export type SelectionRule = { readonly [key in Rule]?: string };

export const DEFAULT_RULE: SelectionRule = { unencrypted_suffix: "_unencrypted" };

export type IsSelected = (path: Path) => boolean;

/** @throws SopsMetadataError */
export function selectionOf(file: string, rule: SelectionRule): IsSelected {
  const given = RULES.filter((name) => rule[name] !== undefined && rule[name] !== "");
  if (given.length > 1) throw new SopsMetadataError(file, `only one of ${given.join(" and ")} can hold`);
  const [name = "unencrypted_suffix"] = given;
  const pattern = given.length === 0 ? (DEFAULT_RULE.unencrypted_suffix as string) : (rule[name] as string);
  const fits = name.endsWith("suffix") ? (key: string) => key.endsWith(pattern) : matcher(file, name, pattern);
  const keysFit: IsSelected = (path) => path.some((part) => typeof part === "string" && fits(part));
  return name.startsWith("un") ? (path) => !keysFit(path) : keysFit;
}

/** A repeated group with a repetition in it: such a pattern can take longer than anybody waits. */
const NESTED_REPETITION = /\([^()]*[+*}][^()]*\)[+*{]/;

function matcher(file: string, name: string, pattern: string): (key: string) => boolean {
  const [, flags = "", source = ""] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(pattern) ?? [];
  if (NESTED_REPETITION.test(source)) throw new SopsMetadataError(file, `${name} repeats a repetition`);
  let expression: RegExp;
  try {
    expression = new RegExp(source, flags);
  } catch {
    throw new SopsMetadataError(file, `${name} is no regular expression that can be used here`);
  }
  return (key) => expression.test(key);
}
