/** Findings about a program: what every stage reports and what `renderDiagnostics` prints. */
import type { Place } from "./place.js";

export interface SecondaryFinding {
  readonly message: string;
  readonly position: Place;
  /** False for places known by line only; they are printed without a caret. */
  readonly caret?: boolean;
  readonly sourceLine?: string;
}

/** What a failure at run time is about: the instance that was being built. */
export interface Origin {
  /** Without the language's usual wording: the message of a check as its author wrote it. */
  readonly message: string;
  /** Where the user wrote it; unknown for data that came from elsewhere. */
  readonly position?: Place;
  readonly sourceLine?: string;
  /** The attribute that a failed check reads, where it reads one that was given. */
  readonly attribute?: string;
}

export interface KclDiagnostic {
  /** Stable code of the language reference, for example `E2G22`. */
  readonly code: string;
  /** Name that belongs to the code, for example `TypeError`. */
  readonly name: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly position: Place;
  /** False for places known by line only (run time); they are printed without a caret. */
  readonly caret?: boolean;
  readonly sourceLine?: string;
  readonly notes?: readonly string[];
  readonly suggestions?: readonly string[];
  readonly secondary?: readonly SecondaryFinding[];
  /** For tools; `renderDiagnostics` does not print it. */
  readonly origin?: Origin;
}

/** The kinds of findings: code and name together. */
export const kinds = {
  syntax: { code: "E1001", name: "InvalidSyntax" },
  parameter: { code: "E1001", name: "IllegalParameterError" },
  immutable: { code: "E1001", name: "ImmutableError" },
  indexSignature: { code: "E1001", name: "IndexSignatureError" },
  mixinName: { code: "E1001", name: "NameError" },
  type: { code: "E2G22", name: "TypeError" },
  compile: { code: "E2L23", name: "CompileError" },
  module: { code: "E2F04", name: "CannotFindModule" },
  uniqueKey: { code: "E2L28", name: "UniqueKeyError" },
  illegalAttribute: { code: "E2A31", name: "IllegalAttributeError" },
  inherit: { code: "E2D34", name: "IllegalInheritError" },
  evaluation: { code: "E3M38", name: "EvaluationError" },
} as const;

export type DiagnosticKind = (typeof kinds)[keyof typeof kinds];

export interface DiagnosticDetails {
  readonly secondary?: readonly SecondaryFinding[];
  readonly notes?: readonly string[];
  readonly suggestions?: readonly string[];
  readonly caret?: boolean;
}

export function diagnostic(
  kind: DiagnosticKind,
  message: string,
  position: Place,
  details: DiagnosticDetails = {},
): KclDiagnostic {
  return { code: kind.code, name: kind.name, severity: "error", message, position, ...details };
}
