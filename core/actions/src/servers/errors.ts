/** What can go wrong on a server, for people: the failing step, its last lines, what was and was not changed, what to type next. */

import type { HealthReport, ServerReport, StepReport } from "@provisioning/extension-sdk";
import { type Address, ProvisioningError, type ServerName, type TaskservName } from "@provisioning/model";
import { type TitledSection, titleOf } from "./section.js";

export class TaskservFailedError extends ProvisioningError {
  constructor(
    place: { readonly server: ServerName; readonly taskserv: TaskservName },
    section: TitledSection,
    failed: StepReport | HealthReport,
    report: ServerReport,
  ) {
    const { server, taskserv } = place;
    const id = "step" in failed ? failed.step : failed.check;
    const title = titleOf(section, id);
    const changed = report.steps.filter((step) => step.status === "changed").map((step) => titleOf(section, step.step));
    super({
      code: "step" in failed ? "TASKSERV_FAILED" : "TASKSERV_UNHEALTHY",
      message:
        "step" in failed
          ? `${taskserv} on ${server}: "${title}" failed (${reasonOf(failed)}).`
          : `${taskserv} on ${server} is not healthy: ${title} (${reasonOf(failed)}).`,
      hint: `Look at it with: provisioning server ssh ${server}. After the fix, run the same command again: what is done stays done.`,
      retry: failed.reason !== undefined && PASSING_REASONS.has(failed.reason) ? "now" : "never",
      details: {
        taskserv,
        server,
        step: id,
        ...(failed.reason === undefined ? {} : { reason: failed.reason }),
        ...(failed.exit === undefined ? {} : { exit: failed.exit }),
        output: failed.output ?? "",
        changed,
        notReached: report.steps.filter((step) => step.status === "skipped").map((step) => titleOf(section, step.step)),
        unchanged: report.steps.filter((step) => step.status === "ok").length,
      },
    });
  }
}

const PASSING_REASONS: ReadonlySet<string> = new Set(["NETWORK_UNREACHABLE", "LOCK_HELD"]);

function reasonOf(failed: StepReport | HealthReport): string {
  const exit = failed.exit === undefined ? undefined : `exit code ${failed.exit}`;
  if (failed.reason === "COMMAND_FAILED" && exit !== undefined) return `COMMAND_FAILED, ${exit}`;
  return failed.reason ?? exit ?? "no reason given";
}

/** A member of a cluster cannot be configured while the address of another is not known. */
export class PeersMissingError extends ProvisioningError {
  constructor(taskserv: TaskservName, server: ServerName, missing: readonly string[]) {
    super({
      code: "PEERS_MISSING",
      message: `${taskserv} on ${server} needs its peers, and ${missing.join(", ")} could not be made.`,
      hint: "Make those servers work first; then run the same command again.",
      details: { taskserv, server, missing },
    });
  }
}

export class ServerNotReadyError extends ProvisioningError {
  constructor(server: ServerName) {
    super({
      code: "SERVER_NOT_READY",
      message: `Nothing is known of how to reach ${server}.`,
      hint: "Create it first: provisioning apply",
      details: { server },
    });
  }
}

/** A server that was looked at is not there, or not as it should be. Nothing was changed. */
export class ServerCheckError extends ProvisioningError {
  constructor(address: Address, reason: string) {
    super({
      code: "SERVER_CHECK_FAILED",
      message: `${address} is not as it should be: ${reason}.`,
      hint: "Look at what an apply would change: provisioning plan",
      details: { address },
    });
  }
}
