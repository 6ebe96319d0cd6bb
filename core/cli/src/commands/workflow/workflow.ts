/** `workflow list | status`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderRun } from "../../views/run.js";
import { renderRuns } from "../../views/runs.js";
import { widthOf } from "../../views/table.js";

interface Flags {
  readonly output: OutputFormat;
  readonly workspace?: string;
  readonly debug?: boolean;
}

export async function list(this: CliContext, flags: Flags & { readonly limit: number }): Promise<void> {
  await runAction(this, flags, async (context) => {
    const runs = await invoke("run.list", context, { limit: flags.limit });
    await writeResult(this, flags.output, runs, () =>
      runs.length === 0
        ? "There are no runs yet. Start one with: provisioning apply"
        : renderRuns(runs, widthOf(this.process.stdout)),
    );
    return EXIT.ok;
  });
}

export async function status(this: CliContext, flags: Flags, id?: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.show", context, { id: id ?? "last" });
    await writeResult(this, flags.output, run, () => renderRun(run, styleFor(this.process.stdout, this.process.env)));
    return run.status === "failed" || run.status === "rolledBack" ? EXIT.failure : EXIT.ok;
  });
}
