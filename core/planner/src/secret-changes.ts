/** Which secrets of a resource have another value than when it was applied, told by digests. Pure. */

import {
  type DesiredResource,
  type FieldChange,
  isJsonObject,
  type Json,
  type JsonObject,
  type ResourceRecord,
  type SecretChange,
  type SecretDigests,
} from "@provisioning/model";

interface Sides {
  readonly before: ResourceRecord;
  readonly after: DesiredResource;
  /** Of what is asked for; those of what was applied are in its record. */
  readonly secrets: SecretDigests;
}

/**
 * A difference of two references gets the digests of both; a reference that stayed and stands for another value becomes a difference. What
 * was recorded without digests tells nothing about a reference that stayed.
 */
export function withSecrets(differences: readonly FieldChange[], { before, after, secrets }: Sides): FieldChange[] {
  const recorded = recordedDigests(before);
  const known = new Set(differences.map(({ path }) => path));
  const told = differences.map((field) => {
    const secret = changeOf(recorded?.[field.path], secrets[field.path]);
    return secret === undefined ? field : { ...field, secret };
  });
  const others = Object.keys(secrets).filter(
    (path) => !known.has(path) && recorded?.[path] !== undefined && recorded[path] !== secrets[path],
  );
  return [...told, ...others.flatMap((path) => otherValue(path, after, before.spec, changeOf(recorded?.[path], secrets[path])))];
}

/** Nothing when another reference stands there: then the list that holds it differs as a whole, and is told as such. */
function otherValue(
  path: string,
  { spec, fieldPositions = {} }: DesiredResource,
  applied: JsonObject,
  secret: SecretChange | undefined,
): FieldChange[] {
  const reference = valueAt(spec, path);
  const position = fieldPositions[path];
  if (secret === undefined || reference === undefined || reference !== valueAt(applied, path)) return [];
  return [{ path, before: reference, after: reference, ...(position === undefined ? {} : { position }), secret }];
}

function valueAt(spec: JsonObject, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>(itemAt, spec);
}

function itemAt(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[])[Number(key)];
  return isJsonObject(value) ? value[key] : undefined;
}

function changeOf(before: string | undefined, after: string | undefined): SecretChange | undefined {
  if (before === undefined && after === undefined) return undefined;
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function recordedDigests({ attributes }: ResourceRecord): SecretDigests | undefined {
  return isJsonObject(attributes.secrets) ? (attributes.secrets as SecretDigests) : undefined;
}
