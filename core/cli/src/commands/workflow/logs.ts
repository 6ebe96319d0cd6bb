/** `workflow logs | checkpoints`: what happened in a run. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { followRun } from "./follow.js";
import { renderCheckpoints, renderLogs } from "../../views/logs.js";
import type { OutputFlags } from "../flags.js";
import { widthOf } from "../../views/table.js";

type Flags = OutputFlags & { readonly workspace?: string; readonly debug?: boolean };

export async function logs(
  this: CliContext,
  flags: Flags & { readonly operation?: string; readonly follow?: boolean },
  id = "last",
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { operation } = flags;
    if (flags.follow === true) return followRun(this, flags, context, id);
    const lines = await invoke("run.logs", context, { id, ...(operation === undefined ? {} : { operation }) });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, lines, () => renderLogs(lines, style));
    return EXIT.ok;
  });
}

export async function checkpoints(this: CliContext, flags: Flags, id = "last"): Promise<void> {
  await runAction(this, flags, async (context) => {
    const found = await invoke("run.checkpoints", context, { id });
    const none = "This run has no checkpoints.";
    await writeResult(this, flags.output, found, () =>
      found.length === 0 ? none : renderCheckpoints(found, widthOf(this.process.stdout)),
    );
    return EXIT.ok;
  });
}
