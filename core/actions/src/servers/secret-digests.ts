/**
 * What may be told of the secrets in a spec: for each one a keyed digest. Equal digests in one workspace mean equal secrets; the key is the
 * workspace's own, so a digest says nothing elsewhere and nobody can try out which secret gives it.
 */

import { isSecretReference } from "@provisioning/config";
import {
  type Address,
  type DesiredResource,
  isJsonObject,
  type Json,
  type JsonObject,
  type SecretDigests,
} from "@provisioning/model";
import type { InfraSession } from "../session.js";

/** 48 bits: too many for two secrets of one workspace to look alike, short enough to be compared by eye. */
const DIGEST_LENGTH = 12;

type Session = Pick<InfraSession, "digest" | "resolveSecrets">;

/** By dotted path within `spec`, items of lists by their position. @throws SecretUnavailableError */
export async function secretDigests(session: Session, spec: JsonObject): Promise<SecretDigests> {
  const references: (readonly [string, string])[] = [];
  collect(spec, "", references);
  const digests = references.map(async ([path, reference]) => {
    const secret = await session.resolveSecrets(reference);
    return [path, `h:${session.digest(`secret\n${secret}`).slice(0, DIGEST_LENGTH)}`] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

/** Of the taskservs among `resources`: nothing else is given secrets. */
export async function secretsByAddress(
  session: Session,
  resources: readonly DesiredResource[],
): Promise<ReadonlyMap<Address, SecretDigests>> {
  const taskservs = resources.filter(({ kind }) => kind === "taskserv");
  return new Map(
    await Promise.all(taskservs.map(async ({ address, spec }) => [address, await secretDigests(session, spec)] as const)),
  );
}

function collect(value: Json, path: string, into: (readonly [string, string])[]): void {
  if (isSecretReference(value)) {
    into.push([path, value]);
    return;
  }
  const within = (key: string | number): string => (path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(value)) value.forEach((item: Json, position) => collect(item, within(position), into));
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) collect(item, within(key), into);
}
