/** Loading and running in one call, for those who ask once. Who runs a program many times loads it once: program.ts and run.ts. */
import type { KclDiagnostic } from "./diagnostics/diagnostic.js";
import { type LoadInput, loadProgram } from "./program.js";
import { type RunOptions, type RunResult, runProgram } from "./run.js";

/** What is wrong with the files, in order of place; nothing is run. Empty when they can be run. */
export function check(input: LoadInput): readonly KclDiagnostic[] {
  const loaded = loadProgram(input);
  return loaded.ok ? [] : loaded.diagnostics;
}

/** The value of the files with the place of each of its parts, or what is wrong with them. */
export function evaluate(input: LoadInput, options: RunOptions = {}): RunResult {
  const loaded = loadProgram(input);
  return loaded.ok ? runProgram(loaded.program, options) : { ...loaded, log: "" };
}
