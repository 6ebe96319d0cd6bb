/** A finding of the language as it crosses a wire. */

import { type KclDiagnostic, renderDiagnostics } from "@provisioning/kcl-lang";
import * as z from "zod/mini";

export interface KclFinding {
  readonly severity: "error" | "warning";
  /** Of the language: `E2G22`. */
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly file: string;
  /** From 1; 0 when there is no place. */
  readonly line: number;
  readonly column: number;
  /** The whole finding as the language shows it: places, lines, notes. */
  readonly text: string;
}

export const kclFindingShape = {
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  name: z.string(),
  message: z.string(),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  text: z.string(),
};
export const kclFindingSchema: z.ZodMiniType<KclFinding> = z.strictObject(kclFindingShape);

export function toFinding(diagnostic: KclDiagnostic): KclFinding {
  const { severity, code, name, message, position } = diagnostic;
  const { file, line, column } = position;
  return { severity, code, name, message, file, line, column, text: renderDiagnostics([diagnostic]) };
}
