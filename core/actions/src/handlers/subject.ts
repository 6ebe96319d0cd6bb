/** The resource an operation is about: as desired, or as recorded when it is not wanted any more. */

import { type Address, invariant } from "@provisioning/model";
import type { RecordDraft } from "../records.js";
import type { InfraSession } from "../session.js";

export function subjectOf(session: InfraSession, address: Address): RecordDraft {
  const desired = session.desired.resources.find((resource) => resource.address === address);
  const { kind, provider, spec, dependsOn } = desired ?? recordOf(session, address);
  return { address, kind, provider, spec, dependsOn };
}

function recordOf(session: InfraSession, address: Address): RecordDraft {
  const record = session.records.get(address);
  invariant(record !== undefined, `${address} is neither desired nor recorded`);
  return record;
}
