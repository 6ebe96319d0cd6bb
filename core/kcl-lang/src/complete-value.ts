/** Plain data with what its schema adds: defaults, at every depth. */
import type { KclDiagnostic } from "./diagnostics/diagnostic.js";
import { mainPackage } from "./packages/load.js";
import type { Program } from "./program.js";
import { createMachine, guarded, type RunOptions } from "./run.js";
import { type Saying, sayingsOf } from "./runtime/history.js";
import { fromJavaScript, type JsonValue, toJavaScript } from "./runtime/json-value.js";
import { KclDict, noArguments, type Value } from "./runtime/values.js";

export type CompleteResult =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      /** As that of `runProgram`; the data itself has no places. */
      sayingsOf(path: readonly (string | number)[]): readonly Saying[];
    }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** The data as an instance of a schema of the main package. What is required may be missing; checks of the schema must hold. */
export function completeValue(
  program: Program,
  schemaName: string,
  data: { readonly [key: string]: JsonValue | undefined },
  options: RunOptions = {},
): CompleteResult {
  const schema = program.symbols.packages.get(mainPackage)?.schemas.get(schemaName);
  if (schema === undefined) return { ok: false, diagnostics: [] };
  const machine = createMachine(program, options);
  const given = fromJavaScript(data, options.listsReplace);
  const outcome = guarded(program, machine, (): Value => {
    const config = given instanceof KclDict ? given : new KclDict();
    return machine.schemaClass(schema).build(machine, config, noArguments, undefined, false);
  });
  if (!outcome.ok) return outcome;
  const { value } = outcome;
  return { ok: true, value: toJavaScript(value), sayingsOf: (path) => sayingsOf(value, path) };
}
