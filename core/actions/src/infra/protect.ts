/** Servers that must not be deleted or replaced. */

import { type Change, DiagnosticsError } from "@provisioning/model";
import type { InfraSession } from "../session.js";

/**
 * The newest rule counts: what the definition says of a server; for one that is not in the definition, what was applied last.
 * @throws DiagnosticsError SERVER_PROTECTED
 */
export function refuseProtected(session: InfraSession, changes: readonly Change[]): void {
  const rules = new Map(session.desired.servers.map((server) => [server.address, server.protect]));
  const isProtected = (change: Change) => rules.get(change.address) ?? session.records.get(change.address)?.spec.protect === true;
  const refused = changes.filter((change) => (change.kind === "delete" || change.kind === "replace") && isProtected(change));
  if (refused.length === 0) return;
  throw new DiagnosticsError(
    refused.map((change) => ({
      severity: "error",
      code: "SERVER_PROTECTED",
      summary: `${change.address} is protected, and this would ${change.kind} it: ${change.reasons.join("; ")}.`,
      hint: "If that is meant: set protect = False in its definition, apply, and try again.",
      ...(change.position === undefined ? {} : { position: change.position }),
    })),
  );
}
