/** Field by field differences of two specs, with the place where the user wrote the new value. */

import { type FieldChange, isJsonObject, type Json, type JsonObject, jsonEquals, type SourcePosition } from "@provisioning/model";

/** Objects are compared key by key, lists as a whole. Paths are dotted and sorted as the keys come. */
export function fieldDifferences(
  before: JsonObject,
  after: JsonObject,
  positions: Readonly<Record<string, SourcePosition>> = {},
): FieldChange[] {
  const changes: FieldChange[] = [];
  collect(before, after, "", positions, changes);
  return changes;
}

function collect(
  before: JsonObject,
  after: JsonObject,
  prefix: string,
  positions: Readonly<Record<string, SourcePosition>>,
  into: FieldChange[],
): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const left = before[key];
    const right = after[key];
    if (isJsonObject(left) && isJsonObject(right)) {
      collect(left, right, path, positions, into);
    } else if (!sameValue(left, right)) {
      const position = positions[path];
      into.push({
        path,
        ...(left === undefined ? {} : { before: left }),
        ...(right === undefined ? {} : { after: right }),
        ...(position === undefined ? {} : { position }),
      });
    }
  }
}

function sameValue(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return jsonEquals(left, right);
}
