/** `provisioning.health-check`: uses what is installed in the infra, and fails when something does not answer. */

import { counted, type Json, type JsonObject, ProvisioningError } from "@provisioning/model";
import * as z from "zod/mini";
import { checkHealth, type HealthReport } from "../infra/health.js";
import { defineTask } from "./task.js";

interface HealthParams {
  /** `all`, or names of taskservs. Default: all. */
  readonly services?: string | readonly string[];
  /** Default: the run's. */
  readonly infra?: string;
}

type HealthOutput = HealthReport & JsonObject;

export const healthCheck = defineTask<HealthParams, HealthOutput>({
  name: "provisioning.health-check",
  summary: "Checks the health of taskservs by using them, and fails when one does not answer.",
  effect: "read",
  params: z.strictObject({
    services: z.exactOptional(z.union([z.string(), z.array(z.string()).check(z.minLength(1))])),
    infra: z.exactOptional(z.string()),
  }),
  output: checkHealth.output as unknown as z.ZodMiniType<HealthOutput>,
  gives: () => ["infra", "healthy", "services"],
  async run({ action, operation }, { services = "all", infra = operation.run.infra }) {
    const names = typeof services === "string" ? [services] : services;
    const report = await checkHealth.run(action, { infra, services: names });
    if (!report.healthy) throw new UnhealthyError(report);
    return report as HealthOutput;
  },
});

/** What starts slowly may be healthy when it is looked at again. */
class UnhealthyError extends ProvisioningError {
  constructor({ infra, services }: HealthReport) {
    const ill = services.filter(({ healthy }) => !healthy);
    const shown = ill.map(({ name, server, detail }) => `${name} on ${server}${detail === undefined ? "" : ` (${detail})`}`);
    super({
      code: "WORKFLOW_UNHEALTHY",
      message:
        services.length === 0
          ? `${infra} has no services that could be checked.`
          : `${counted(ill.length, "service")} of ${infra} ${ill.length === 1 ? "is" : "are"} not healthy: ${shown.join(", ")}.`,
      hint: `Look at it with: provisioning health-check --infra ${infra}`,
      retry: services.length === 0 ? "never" : "now",
      details: { services: ill as unknown as Json },
    });
  }
}
