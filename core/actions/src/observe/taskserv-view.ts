/** What the check of a server says about one taskserv. */

import type { ServerReport } from "@provisioning/extension-sdk";
import type { Address, StepPreview } from "@provisioning/model";
import type { ResourceView } from "@provisioning/planner";
import { nameServers } from "../servers/placeholder-address.js";
import { addressesKnown, type Anew } from "../servers/taskserv-input.js";
import { titleOf, type TitledSection } from "../servers/section.js";
import type { InfraSession } from "../session.js";

export function viewOfSection(
  session: InfraSession,
  address: Address,
  section: TitledSection,
  report: ServerReport,
  anew: Anew,
): ResourceView {
  const servers = addressesKnown(session, anew);
  const recorded = session.records.get(address)?.attributes.digest;
  const { taskserv } = section;
  const steps: StepPreview[] = [];
  const faults: string[] = [];
  for (const step of report.steps) {
    if (step.taskserv !== taskserv) continue;
    const title = nameServers(titleOf(section, step.step), servers);
    if (step.status === "would_change")
      steps.push({ id: step.step, title, ...(step.diff === undefined ? {} : { diff: nameServers(step.diff, servers) }) });
    if (step.status === "failed") faults.push(`${title}: ${step.reason ?? "failed"}`);
  }
  // Something that is about to change is not expected to be healthy before.
  if (steps.length === 0) {
    for (const check of report.health) {
      if (check.taskserv === taskserv && check.status === "failed") faults.push(`unhealthy: ${titleOf(section, check.check)}`);
    }
  }
  const inputsChanged = typeof recorded === "string" && recorded !== section.digest && steps.length > 0;
  return { status: "present", fields: [], steps, faults, inputsChanged };
}
