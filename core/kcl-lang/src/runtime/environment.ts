/** Where compiled code finds local variables. Compiled code knows how many environments to go up and which slot to take. */
import type { Place } from "../diagnostics/place.js";
import type { SetterCode } from "./compile-body.js";
import type { Winner } from "./history.js";
import type { LazyScope, Setter } from "./scope.js";
import type { Entry, Value } from "./values.js";

/** A slot that nothing was assigned to yet. */
export const unset: unique symbol = Symbol("unset");

/** What a body of statements works on: a package or an instance under construction. */
export interface BodyHost {
  readonly scope: LazyScope;
  /** Completes an assignment: merges, packs, stores. `winner`: `both` when the value contains the one before. */
  set(name: string, value: Value, place: Place | undefined, winner?: Winner): void;
  /** Notes a value that `isReplaced` spares, where the run remembers: `value` is undefined unless it is a literal. */
  passOver(name: string, value: Value, place: Place): void;
  /** Whether a configuration replaces the name, so that its default is not evaluated. */
  isReplaced(name: string): boolean;
  /** A name of the instance; undefined when it is none. */
  find(name: string): { readonly value: Value } | undefined;
  /** Takes the value of an expression statement. */
  output(value: Value): void;
}

export class Environment {
  /** The entries so far of the dict literal this environment belongs to. */
  entries: Map<string, Entry> | undefined;
  /** The name and value of an index signature's alias. */
  alias: { readonly name: string; readonly value: string } | undefined;
  /** The setters made of this body's statements. */
  readonly setters: Map<SetterCode, Setter>;

  constructor(
    readonly parent: Environment | undefined,
    readonly slots: (Value | typeof unset)[],
    readonly host?: BodyHost,
  ) {
    this.setters = host === undefined ? noSetters : new Map();
  }
}

const noSetters: Map<SetterCode, Setter> = new Map();
