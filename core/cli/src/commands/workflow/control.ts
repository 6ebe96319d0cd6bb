/** `workflow retry | skip | pause | resume | cancel | rollback`, the same of `batch`. */

import { invoke, type RunReport } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { confirmYes } from "../../confirm.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderRun } from "../../views/run.js";

interface Flags {
  readonly output: OutputFormat;
  readonly workspace?: string;
  readonly debug?: boolean;
}
type Confirmed = { readonly yes?: boolean };

export async function retry(
  this: CliContext,
  flags: Flags & Confirmed,
  ...[id = "last", ...operations]: string[]
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const chosen = operations.length === 0 ? {} : { operations };
    if (flags.yes !== true && !(await confirmYes(this, "Go on with this run?"))) return EXIT.ok;
    return show(this, flags, await invoke("run.retry", context, { id, ...chosen }));
  });
}

export async function skip(this: CliContext, flags: Flags, id: string, operation: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.pass", context, { id, operation });
    await writeRun(this, flags, run);
    return EXIT.ok;
  });
}

export async function cancel(this: CliContext, flags: Flags & { readonly reason?: string }, id: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.cancel", context, { id, ...(flags.reason === undefined ? {} : { reason: flags.reason }) });
    await writeRun(this, flags, run);
    return EXIT.ok;
  });
}

export async function pause(this: CliContext, flags: Flags & { readonly reason?: string }, id: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.pause", context, { id, ...(flags.reason === undefined ? {} : { reason: flags.reason }) });
    await writeRun(this, flags, run);
    return EXIT.ok;
  });
}

export async function resume(this: CliContext, flags: Flags, id: string): Promise<void> {
  await runAction(this, flags, async (context) => show(this, flags, await invoke("run.resume", context, { id })));
}

export async function rollback(
  this: CliContext,
  flags: Flags & Confirmed & { readonly toCheckpoint?: number },
  id: string,
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { toCheckpoint } = flags;
    if (flags.yes !== true && !(await confirmYes(this, "Undo what this run made?"))) return EXIT.ok;
    const run = await invoke("run.rollback", context, { id, ...(toCheckpoint === undefined ? {} : { toCheckpoint }) });
    await writeRun(this, flags, run);
    return run.operations.some(({ status }) => status === "compensationFailed") ? EXIT.failure : EXIT.ok;
  });
}

async function show(cli: CliContext, flags: Flags, run: RunReport): Promise<ExitCode> {
  await writeRun(cli, flags, run);
  if (run.status === "completed") return EXIT.ok;
  return run.status === "cancelled" || run.status === "paused" ? EXIT.interrupted : EXIT.failure;
}

async function writeRun(cli: CliContext, flags: Flags, run: RunReport): Promise<void> {
  await writeResult(cli, flags.output, run, () => renderRun(run, styleFor(cli.process.stdout, cli.process.env)));
}
