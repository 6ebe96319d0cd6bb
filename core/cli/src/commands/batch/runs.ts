/** `batch list | status | monitor`. */

import { type ActionContext, invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderRun } from "../../views/run.js";
import { renderRuns } from "../../views/runs.js";
import type { StatusFlags } from "../batch.js";
import { followRun } from "../workflow/follow.js";
import { widthOf } from "../../views/table.js";

interface Flags {
  readonly output: OutputFormat;
  readonly workspace?: string;
  readonly debug?: boolean;
}

export async function list(this: CliContext, flags: Flags & { readonly limit: number }): Promise<void> {
  await runAction(this, flags, async (context) => {
    const runs = await invoke("run.list", context, { limit: flags.limit, purpose: "batch" });
    const none = "No batch workflow has run yet. Start one with: provisioning batch submit <file>";
    await writeResult(this, flags.output, runs, () =>
      runs.length === 0 ? none : renderRuns(runs, widthOf(this.process.stdout)),
    );
    return EXIT.ok;
  });
}

export async function status(this: CliContext, { format, ...typed }: StatusFlags, id?: string): Promise<void> {
  const flags = { ...typed, output: format ?? typed.output };
  if (flags.follow === true) return monitor.call(this, flags, id);
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.show", context, { id: id ?? (await newest(context)) });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, run, () => renderRun(run, style));
    return run.status === "failed" || run.status === "rolledBack" ? EXIT.failure : EXIT.ok;
  });
}

export async function monitor(this: CliContext, flags: Flags, id?: string): Promise<void> {
  await runAction(this, flags, async (context) => followRun(this, flags, context, id ?? (await newest(context))));
}

/** Without one, the newest run of any kind is as good an answer. */
async function newest(context: ActionContext): Promise<string> {
  const [run] = await invoke("run.list", context, { limit: 1, purpose: "batch" });
  return run?.id ?? "last";
}
