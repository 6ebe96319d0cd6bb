/** A SOPS file whatever its format: values and comments in their order, each of which can be read and replaced. */

import type { JsonObject } from "@provisioning/model";
import type { Scalar } from "./scalar.js";

/** Keys, and positions in lists from 0. */
export type Path = readonly (string | number)[];

export interface Leaf {
  /** Of a comment: what it stands in. */
  readonly path: Path;
  readonly kind: "value" | "comment";
  read(): Scalar;
  write(scalar: Scalar): void;
}

export interface SopsDocument {
  /** In the order of the text, which is that of the message authentication code. Empty values (`null`) are not among them. */
  leaves(): readonly Leaf[];
  /** The section of SOPS as it was read; absent: the file is not encrypted. */
  readonly metadata: JsonObject | undefined;
  /** Adds or replaces a value. @throws SopsSyntaxError when something else is there, or the path leads through a value */
  set(path: readonly string[], scalar: Scalar): void;
  /** Without the section of SOPS. */
  plain(): Buffer;
  /** With that section, at the end. */
  encrypted(metadata: JsonObject): string;
}

/** Levels of maps and lists. Nothing that people write comes near; what does is made to exhaust the stack. */
export const MAX_DEPTH = 100;

export function shownPath(path: Path): string {
  return path.join(".") || "the top";
}
