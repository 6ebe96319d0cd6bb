/** The module `runtime`. */
import { EvaluationFailure, LimitFailure } from "../diagnostics/failure.js";
import { callValue } from "../runtime/compile-call.js";
import { noArguments } from "../runtime/values.js";
import { moduleOf, native } from "./native.js";

export const runtimeModule = moduleOf([
  native("catch", ["func"], (call) => {
    const { machine } = call;
    const { place, depth, schemaDepth } = machine;
    const schemaPlaces = machine.schemaPlaces.length;
    try {
      callValue(machine, call.value("func"), noArguments);
      return undefined;
    } catch (error) {
      if (!(error instanceof EvaluationFailure) || error instanceof LimitFailure) throw error;
      machine.place = place;
      machine.schemaDepth = schemaDepth;
      machine.schemaPlaces.length = schemaPlaces;
      machine.depth = depth;
      return error.caught ?? error.message;
    }
  }),
]);
