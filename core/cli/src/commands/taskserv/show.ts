/** `taskserv list` of what is installed, and `taskserv status`. */

import { invoke, type TaskservStatus } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderHealth } from "../../views/health.js";
import { renderTaskservs } from "../../views/status.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";

type Flags = InfraFlags & { readonly output: OutputFormat };

export async function listInstalled(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const status = await invoke("infra.status", context, infraInput(flags));
    const installed: TaskservStatus[] = status.servers
      .flatMap((server) => server.taskservs)
      .filter((item) => item.status !== "absent");
    await writeResult(this, flags.output, installed, () =>
      renderTaskservs(installed, styleFor(this.process.stdout, this.process.env)),
    );
    return EXIT.ok;
  });
}

export async function taskservStatus(this: CliContext, flags: Flags, name: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const report = await invoke("infra.health", context, { ...infraInput(flags), services: [name] });
    await writeResult(this, flags.output, report, () => renderHealth(report, styleFor(this.process.stdout, this.process.env)));
    return report.healthy ? EXIT.ok : EXIT.failure;
  });
}
