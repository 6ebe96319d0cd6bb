/** Findings in a batch workflow, each with its place. */

import { type Diagnostic, nearest, type SourcePosition } from "@provisioning/model";

export interface Placed {
  readonly position?: SourcePosition;
  /** What was sent as data has paths in the place of positions. */
  readonly dataPath?: string;
  readonly positions: Readonly<Record<string, SourcePosition>>;
}

export interface Problem {
  readonly code: string;
  readonly summary: string;
  readonly hint?: string;
  readonly about?: Placed;
  /** Of `about`, as `items.0`; what has no place of its own is shown at the whole. */
  readonly field?: string;
}

export function problem({ code, summary, hint, about, field }: Problem): Diagnostic {
  const position = placeOf(about, field);
  return {
    severity: "error",
    code,
    summary: position === undefined && about?.dataPath !== undefined ? `${fieldOf(about.dataPath, field)}: ${summary}` : summary,
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position }),
  };
}

function placeOf(about: Placed | undefined, field: string | undefined): SourcePosition | undefined {
  if (about === undefined) return undefined;
  if (field === undefined) return about.position;
  const [list = ""] = field.split(".");
  return about.positions[field] ?? about.positions[list] ?? about.position;
}

/** `operations[0].items[1]`. */
function fieldOf(path: string, field: string | undefined): string {
  return field === undefined ? path : `${path}.${field.replace(/\.(\d+)$/, "[$1]")}`;
}

/** The nearest name, or all there are. */
export function didYouMean(written: string, known: readonly string[], title: string): string {
  const suggestion = nearest(written, known);
  if (suggestion !== undefined) return `Did you mean ${suggestion}?`;
  const shown = [...known].sort().slice(0, MAX_NAMES);
  const more = known.length > shown.length ? `, and ${known.length - shown.length} more` : "";
  return `${title}: ${shown.length === 0 ? "none" : `${shown.join(", ")}${more}`}.`;
}

/** What a person reads. */
const MAX_NAMES = 20;
