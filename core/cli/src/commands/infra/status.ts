/** `cluster status`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderStatus } from "../../views/status.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "./input.js";

export async function clusterStatus(
  this: CliContext,
  flags: InfraFlags & { readonly output: OutputFormat },
  name?: string,
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const status = await invoke("infra.status", context, infraInput(flags, name));
    await writeResult(this, flags.output, status, () =>
      renderStatus(status.servers, styleFor(this.process.stdout, this.process.env)),
    );
    return EXIT.ok;
  });
}
