/** `workflow retry | skip | pause | resume | cancel | rollback`, the same of `batch`. */

import { invoke, type RunReport } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { confirmYes } from "../../confirm.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { sayOnlyShown } from "../../views/only-shown.js";
import { styleFor } from "../../style.js";
import { renderRun } from "../../views/run.js";
import { checkInput } from "../flags.js";

interface Flags {
  readonly output: OutputFormat;
  readonly workspace?: string;
  readonly debug?: boolean;
  readonly check?: boolean;
}
type Confirmed = { readonly yes?: boolean };

export async function retry(
  this: CliContext,
  flags: Flags & Confirmed,
  ...[id = "last", ...operations]: string[]
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const chosen = operations.length === 0 ? {} : { operations };
    if (flags.check === true) return shown(this, flags, await invoke("run.retry", context, { id, ...chosen, check: true }));
    if (flags.yes !== true && !(await confirmYes(this, "Go on with this run?"))) return EXIT.ok;
    return show(this, flags, await invoke("run.retry", context, { id, ...chosen }));
  });
}

export async function skip(this: CliContext, flags: Flags, id: string, operation: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.pass", context, { id, operation, ...checkInput(flags) });
    return shown(this, flags, run);
  });
}

export async function cancel(this: CliContext, flags: Flags & { readonly reason?: string }, id: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const reason = flags.reason === undefined ? {} : { reason: flags.reason };
    return shown(this, flags, await invoke("run.cancel", context, { id, ...reason, ...checkInput(flags) }));
  });
}

export async function pause(this: CliContext, flags: Flags & { readonly reason?: string }, id: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const reason = flags.reason === undefined ? {} : { reason: flags.reason };
    return shown(this, flags, await invoke("run.pause", context, { id, ...reason, ...checkInput(flags) }));
  });
}

export async function resume(this: CliContext, flags: Flags, id: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const run = await invoke("run.resume", context, { id, ...checkInput(flags) });
    return flags.check === true ? shown(this, flags, run) : show(this, flags, run);
  });
}

export async function rollback(
  this: CliContext,
  flags: Flags & Confirmed & { readonly toCheckpoint?: number },
  id: string,
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { toCheckpoint } = flags;
    const isAgreed = flags.yes === true || flags.check === true;
    if (!isAgreed && !(await confirmYes(this, "Undo what this run made?"))) return EXIT.ok;
    const checkpoint = toCheckpoint === undefined ? {} : { toCheckpoint };
    const run = await invoke("run.rollback", context, { id, ...checkpoint, ...checkInput(flags) });
    await shown(this, flags, run);
    return run.operations.some(({ status }) => status === "compensationFailed") ? EXIT.failure : EXIT.ok;
  });
}

/** A change of a run, or with `--check` the run as it would be. */
async function shown(cli: CliContext, flags: Flags, run: RunReport): Promise<ExitCode> {
  await writeRun(cli, flags, run);
  if (flags.check === true) sayOnlyShown(cli);
  return EXIT.ok;
}

async function show(cli: CliContext, flags: Flags, run: RunReport): Promise<ExitCode> {
  await writeRun(cli, flags, run);
  if (run.status === "completed") return EXIT.ok;
  return run.status === "cancelled" || run.status === "paused" ? EXIT.interrupted : EXIT.failure;
}

async function writeRun(cli: CliContext, flags: Flags, run: RunReport): Promise<void> {
  await writeResult(cli, flags.output, run, () => renderRun(run, styleFor(cli.process.stdout, cli.process.env)));
}
