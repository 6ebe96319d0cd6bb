/** Runs a program in every way there is and says what should not have happened. */
import { renderDiagnostics } from "../diagnostics/render.js";
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import { evaluateExpression } from "../evaluate.js";
import { formatSource } from "../format/format-source.js";
import { lintPackage } from "../lint/lint-package.js";
import { createMemoryHost } from "../memory-host.js";
import { loadProgram } from "../program.js";
import { runProgram } from "../run.js";
import type { Limits } from "../runtime/machine.js";
import type { Specimen } from "./mutate.js";

/** Small enough for many programs a second. */
const limits: Limits = {
  steps: 100_000,
  depth: 1_000,
  bytes: 32 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  nesting: 500,
  ms: 1_000,
};

/** `outcome` is for statistics; `finding` is a fault of the engine. */
export interface Judgement {
  readonly outcome: "value" | "refused" | "failed";
  readonly finding?: string;
}

/** Never throws. A finding is an exception, or a diagnostic without text or place. */
export function judge(specimen: Specimen): Judgement {
  try {
    return judgeUnprotected(specimen);
  } catch (error) {
    return { outcome: "failed", finding: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function judgeUnprotected({ main, files }: Specimen): Judgement {
  const text = files[main]!;
  const linted = requireSense(lintPackage(new Map([[main, text]])), true);
  if (linted.finding !== undefined) return { outcome: "failed", ...linted };
  const formatted = formatSource(main, text);
  if (formatted.ok && formatSource(main, formatted.text).ok === false)
    return { outcome: "failed", finding: "formatted to a text with errors" };
  const single = evaluateExpression(text.slice(0, 200), { a: 1, name: "x" }, limits);
  const refusal = single.ok ? {} : requireSense(single.diagnostics);
  if (refusal.finding !== undefined) return { outcome: "failed", ...refusal };
  const loaded = loadProgram({ host: createMemoryHost(files), files: [main] });
  if (!loaded.ok) return { outcome: "refused", ...requireSense(loaded.diagnostics) };
  const ran = runProgram(loaded.program, { limits, now: Date.now });
  if (!ran.ok) return { outcome: "failed", ...requireSense(ran.diagnostics) };
  ran.toText("yaml");
  ran.toText("json");
  void ran.sources.size;
  return { outcome: "value" };
}

function requireSense(diagnostics: readonly KclDiagnostic[], mayBeNone = false): { readonly finding?: string } {
  renderDiagnostics(diagnostics);
  if (diagnostics.length === 0 && !mayBeNone) return { finding: "refused without a diagnostic" };
  const placeless = diagnostics.find(({ position }) => position.file === "" || !(position.line >= 1) || !(position.column >= 1));
  return placeless === undefined ? {} : { finding: `a diagnostic without a place: ${placeless.message.slice(0, 200)}` };
}
