/** How the workflow that a run was made from wants to be watched, kept with the run for whoever carries it out, now or later. */

import type { MonitoringConfig, RunDefinition } from "@provisioning/model";

const LABEL = "monitoring";

export function monitoringLabel(monitoring: MonitoringConfig): Readonly<Record<string, string>> {
  return { [LABEL]: JSON.stringify(monitoring) };
}

/** Absent: nobody asked, or it is not to be watched. */
export function monitoringOf({ labels }: Pick<RunDefinition, "labels">): MonitoringConfig | undefined {
  const written = labels[LABEL];
  if (written === undefined) return undefined;
  const monitoring = JSON.parse(written) as MonitoringConfig;
  return monitoring.enabled ? monitoring : undefined;
}
