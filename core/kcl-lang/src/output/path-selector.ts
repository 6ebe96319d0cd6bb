/** `a.b.0`: a part of the result. */
import { KclDict, KclList, type Value } from "../runtime/values.js";

/** The selected part, or undefined when there is none. */
export function selectPath(value: Value, path: string): Value {
  let part = value;
  for (const key of path.replaceAll(/\[(\d+)\]/g, ".$1").split(".")) {
    if (part instanceof KclDict) part = part.get(key);
    else if (part instanceof KclList && /^\d+$/.test(key)) part = part.items[Number(key)];
    else return undefined;
  }
  return part;
}
