/** What is there of a resource, for a rollback to be compared with: as its provider sees it and as it is recorded. */

import type { Address, Json, JsonObject, ResourceRecord } from "@provisioning/model";
import type { AnyResourceHandler } from "../provider-context.js";
import type { InfraSession } from "../session.js";

export async function seenAndRecorded(
  session: InfraSession,
  address: Address,
  read: () => ReturnType<AnyResourceHandler["read"]>,
): Promise<Json> {
  const seen = await read();
  return { seen: seen.status === "present" ? { ...seen.attributes } : seen.status, recorded: recorded(session, address) };
}

/** A server is not asked about a taskserv: its removal has just looked at every step. */
export function recorded(session: InfraSession, address: Address): Json {
  const record = session.records.get(address);
  return record === undefined ? null : factsOf(record);
}

/** Without what changes by being written down once more. */
function factsOf({ status, provider, spec, attributes }: ResourceRecord): JsonObject {
  return { status, provider, spec, attributes };
}
