/**
 * A kind of step: what it is called, which attributes it has, and how it becomes shell code.
 *
 * The code of a kind answers four questions: `look` (already so? must change nothing), `change`, `diff` (prints what would
 * change) and, as another step, `undo`. The functions it calls are in `<kind>.sh` beside it.
 */

import type { JsonObject } from "@provisioning/model";
import type { Fields, FieldValues } from "./field.js";

export interface StepBase {
  /** Unique within its taskserv: lower-case letters, digits, hyphens. */
  readonly id: string;
  /** For people; a sentence is made from the attributes when missing. */
  readonly title: string | undefined;
}

export type StepOf<K extends string, F extends Fields> = StepBase & { readonly kind: K } & FieldValues<F>;

/** What a step wants looked up in bulk before the first step runs: one process for all steps of the program. */
export interface BulkLooks {
  readonly packages?: readonly string[];
  readonly units?: readonly string[];
  /** Type, mode and owner of these. */
  readonly paths?: readonly string[];
  /** SHA-256 of these, when they are regular files. */
  readonly digests?: readonly string[];
  readonly users?: readonly string[];
}

export interface StepProgram {
  /** Ends with status 0 when nothing is to be done. Runs in the main shell, so it must not `exit`, and changes nothing. */
  readonly look: string;
  /** Makes it so. Runs in a subshell with `set -e`; may call `fail CODE "sentence"`. */
  readonly change: string;
  /** Prints what would change: a unified diff or sentences. */
  readonly diff: string;
  /** Judges after a change whether it worked; `look` when not given. */
  readonly verify?: string;
  /** Functions that the code above calls. */
  readonly definitions?: string;
  readonly bulk?: BulkLooks;
  /** Waiting and reading are not a change: the step reports `ok` and other steps are not notified. */
  readonly passive?: boolean;
  /** In check mode the step is skipped: looking would already change something. */
  readonly skipInCheck?: boolean;
  /** Shell sources (by name) that must be part of the program. */
  readonly sources?: readonly string[];
}

/** Whom a change of a step concerns: the subscriber's mark is set before the change and cleared when it has reacted. */
export interface Subscription {
  readonly source: string;
  readonly subscriber: string;
  readonly reaction: Reaction;
}
export type Reaction = "restart" | "reload" | "run";

export interface CompileContext {
  readonly taskserv: string;
  /** Unique name for shell functions of this step. */
  readonly prefix: string;
  /** Values that must not be shown: a file that holds one shows no diff. */
  readonly secrets: readonly string[];
  /** Called as `sh` is, for scripts that ask for `sh`. */
  readonly scriptRunner: string;
  /** A shell condition: true when a mark of this reaction is set for this step, or (check) a source would change. */
  pending(reaction: Reaction): string;
  /** Shell code that clears this step's marks. */
  readonly clearPending: string;
}

export interface StepKind<K extends string, F extends Fields> {
  readonly kind: K;
  /** Name of the KCL schema. */
  readonly schema: string;
  readonly doc: string;
  readonly fields: F;
  /** Rules that concern several attributes. */
  check?(step: StepOf<K, F>): readonly FieldProblem[];
  compile(step: StepOf<K, F>, context: CompileContext): StepProgram;
  /** One line for people, when the step has no title. */
  title(step: StepOf<K, F>): string;
  /** Which earlier steps this one reacts to. */
  subscribes?(step: StepOf<K, F>): readonly { readonly source: string; readonly reaction: Reaction; readonly field: string }[];
  /** The step that takes this one back, as plain data; none when there is nothing to take back. */
  undo?(step: StepOf<K, F>): JsonObject | undefined;
}

export interface FieldProblem {
  readonly field: string;
  readonly detail: string;
}

/** Gives a kind its exact types. */
export function defineKind<const K extends string, F extends Fields>(kind: StepKind<K, F>): StepKind<K, F> {
  return kind;
}

export type StepOfKind<Kind> = Kind extends StepKind<infer K, infer F> ? StepOf<K, F> : never;
