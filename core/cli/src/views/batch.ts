/** A batch workflow as people read it, before it is carried out. */

import type { BatchForecast, BatchValidation } from "@provisioning/actions";
import { counted } from "@provisioning/model";
import type { Style } from "../style.js";
import { renderPlan } from "./plan.js";

export function renderValidation({ name, infra, operations }: BatchValidation, style: Style): string {
  return `${style.green("✓")} ${name} can be carried out for ${infra}: ${counted(operations, "operation")}.`;
}

export function renderForecast({ plan, waves, longestPath, limits }: BatchForecast, style: Style): string {
  const providers = limits.providers.map(
    ({ name, callsPerSecond, servers }) => `${name}: ${callsPerSecond} calls a second, ${counted(servers, "server")} at a time`,
  );
  return [
    renderPlan(plan, style),
    ...waves.flatMap((wave, index) => [
      "",
      style.bold(`Wave ${index + 1}`),
      ...wave.flatMap((member) => renderMember(member, style)),
    ]),
    "",
    `${style.bold("Longest path")} (${counted(longestPath.length, "step")})`,
    ...longestPath.map((step) => `  ${step}`),
    "",
    `At most ${counted(limits.parallel, "step")} at a time, ${counted(limits.attempts, "attempt")} each; a checkpoint after every ${limits.checkpointInterval === 1 ? "operation" : `${limits.checkpointInterval} operations`}.`,
    ...providers,
  ].join("\n");
}

function renderMember({ id, items, region, steps }: BatchForecast["waves"][number][number], style: Style): string[] {
  const shown = steps.length === 0 ? [style.dim("    nothing to do")] : steps.map((step) => `    ${step}`);
  return [`  ${id}: ${items.join(", ")}${region === undefined ? "" : ` in ${region}`}`, ...shown];
}
