/** The texts for what can be wrong with the taskservs of a server. */

import { type Diagnostic, nearest, type ServerName, type TaskservName } from "@provisioning/model";
import type { RequirementFinding } from "@provisioning/planner";

export function describeRequirementFinding(
  finding: RequirementFinding,
  server: ServerName,
  position: Diagnostic["position"],
  known: Iterable<TaskservName>,
): Diagnostic {
  return { severity: "error", ...textOf(finding, server, known), ...(position === undefined ? {} : { position }) };
}

function textOf(
  finding: RequirementFinding,
  server: ServerName,
  known: Iterable<TaskservName>,
): Pick<Diagnostic, "code" | "summary" | "hint"> {
  switch (finding.type) {
    case "unknown": {
      const suggestion = nearest(finding.taskserv, known);
      const needed = finding.neededBy === undefined ? "" : ` (required by ${finding.neededBy})`;
      return {
        code: "TASKSERV_UNKNOWN",
        summary: `There is no taskserv ${finding.taskserv}${needed}.`,
        hint:
          suggestion === undefined ? "See what there is with: provisioning taskserv list --all" : `Did you mean ${suggestion}?`,
      };
    }
    case "conflict":
      return {
        code: "TASKSERV_CONFLICT",
        summary: `${finding.taskserv} and ${finding.other} cannot be on the same server (${server}).`,
        hint: "Put them on different servers, or drop one.",
      };
    case "cycle":
      return {
        code: "TASKSERV_CYCLE",
        summary: `Taskservs require each other in a circle: ${[...finding.path, finding.path[0]].join(" → ")}.`,
        hint: "Remove one of the requirements from its manifest.",
      };
  }
}
