/** A server stays with the provider that made it: another one does not know it, and would make a second. */

import { DiagnosticsError } from "@provisioning/model";
import type { InfraSession } from "../session.js";

/** @throws DiagnosticsError PROVIDER_CHANGED */
export function refuseOtherProviders({ desired, records }: InfraSession): void {
  const moved = desired.resources.flatMap((resource) => {
    const record = resource.kind === "server" ? records.get(resource.address) : undefined;
    return record === undefined || record.provider === resource.provider ? [] : [{ resource, made: record.provider }];
  });
  if (moved.length === 0) return;
  throw new DiagnosticsError(
    moved.map(({ resource: { address, provider, position }, made }) => ({
      severity: "error",
      code: "PROVIDER_CHANGED",
      summary: `${address} was made by ${made}, and is to be one of ${provider}.`,
      hint: `Remove it first, as it is: provisioning server delete ${address.replace(/^server\./, "")}. Or give the new one another name.`,
      ...(position === undefined ? {} : { position }),
    })),
  );
}
