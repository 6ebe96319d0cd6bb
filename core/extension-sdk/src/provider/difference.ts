/** Builds the answer of `diff` field by field. */

import { type FieldChange, type Json, jsonEquals } from "@provisioning/model";
import type { Difference } from "./provider.js";

export interface ComparedField {
  /** Dotted path within the spec. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly forcesReplacement?: boolean;
}

/** Keeps the fields whose values differ. A desired value that is missing is not compared: the provider chose it. */
export function differenceOf(compared: readonly ComparedField[]): Difference {
  const fields = compared.filter(differs).map(
    (field): FieldChange => ({
      path: field.path,
      ...(field.before === undefined ? {} : { before: field.before }),
      ...(field.after === undefined ? {} : { after: field.after }),
      ...(field.forcesReplacement ? { forcesReplacement: true } : {}),
    }),
  );
  return { fields, replace: fields.some((field) => field.forcesReplacement === true) };
}

function differs({ before, after }: ComparedField): boolean {
  if (after === undefined) return false;
  return before === undefined || !jsonEquals(before, after);
}
