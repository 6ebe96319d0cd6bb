/** The module `collection`. */
import { union } from "../runtime/merge.js";
import type { Value } from "../runtime/values.js";
import { moduleOf, native } from "./native.js";

export const collectionModule = moduleOf([
  native("union_all", ["values"], (call) =>
    call.list("values").items.reduce((merged: Value, item) => union(call.machine, merged, item), null),
  ),
]);
