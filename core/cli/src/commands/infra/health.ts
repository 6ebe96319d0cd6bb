/** `health-check`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderHealth } from "../../views/health.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "./input.js";

type Flags = InfraFlags & { readonly output: OutputFormat; readonly services?: readonly string[] };

export async function health(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const report = await invoke("infra.health", context, { ...infraInput(flags), services: flags.services ?? [] });
    await writeResult(this, flags.output, report, () => renderHealth(report, styleFor(this.process.stdout, this.process.env)));
    return report.healthy ? EXIT.ok : EXIT.failure;
  });
}
