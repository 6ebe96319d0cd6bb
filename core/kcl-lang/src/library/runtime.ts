/** The module `runtime`. */
import { EvaluationFailure } from "../diagnostics/failure.js";
import { callValue } from "../runtime/compile-call.js";
import { noArguments } from "../runtime/values.js";
import { moduleOf, native } from "./native.js";

export const runtimeModule = moduleOf([
  native("catch", ["func"], (call) => {
    const { machine } = call;
    const [place, depth, schemaDepth] = [machine.place, machine.currentDepth, machine.schemaDepth];
    try {
      callValue(machine, call.value("func"), noArguments);
      return undefined;
    } catch (error) {
      if (!(error instanceof EvaluationFailure)) throw error;
      machine.place = place;
      machine.schemaDepth = schemaDepth;
      machine.resetDepth(depth);
      return error.caught ?? error.message;
    }
  }),
]);
