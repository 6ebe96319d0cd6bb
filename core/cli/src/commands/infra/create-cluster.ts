/** `cluster create`. */

import { setTimeout as pause } from "node:timers/promises";
import { type ActionContext, type HealthReport, invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { styleFor } from "../../style.js";
import { renderHealth } from "../../views/health.js";
import { printable } from "../../views/printable.js";
import type { CreateClusterFlags } from "../infra.js";
import { applyTargets } from "./apply.js";
import { infraInput } from "./input.js";

const PATIENCE_MS = 300_000;
const LOOK_AGAIN_MS = 2_000;

export async function createCluster(this: CliContext, flags: CreateClusterFlags, name?: string): Promise<void> {
  const input = infraInput(flags, name);
  await applyTargets(this, flags, input, async (context, code) => {
    if (flags.wait !== true || code !== EXIT.ok) return code;
    const { healthy, ...report } = await untilHealthy(context, () => invoke("infra.health", context, input));
    if (healthy) return EXIT.ok;
    const style = styleFor(this.process.stderr, this.process.env);
    this.process.stderr.write(`${printable(renderHealth({ healthy, ...report }, style), style.colours)}\n`);
    return EXIT.failure;
  });
}

/** The last look, when time is over before all is well. An infra without services has nothing to wait for. */
export async function untilHealthy(
  { clock, signal }: Pick<ActionContext, "clock" | "signal">,
  look: () => Promise<HealthReport>,
  lookAgainMs = LOOK_AGAIN_MS,
): Promise<HealthReport> {
  const giveUpAt = clock.now() + PATIENCE_MS;
  for (;;) {
    const report = await look();
    if (report.healthy || report.services.length === 0) return { ...report, healthy: true };
    if (clock.now() >= giveUpAt) return report;
    await pause(lookAgainMs, undefined, { signal });
  }
}
