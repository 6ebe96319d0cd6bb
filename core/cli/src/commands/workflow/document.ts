/** `workflow run | validate | tasks`: workflows that are written in YAML or JSON. */

import { invoke, type InputOf, typedText } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { leaveToService, leftText } from "../../leave-to-service.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { tellEnd } from "../../tell-end.js";
import { renderDocumentForecast, renderDocumentValidation, renderTask, renderTasks } from "../../views/workflow.js";
import { renderRun } from "../../views/run.js";
import type { ShownFlags, StrictFlags } from "../flags.js";

type Common = ShownFlags;
export type DocumentFlags = Common & { readonly infra?: string; readonly var?: readonly string[] };
export type RunFlags = DocumentFlags & { readonly wait?: boolean; readonly dryRun?: boolean };

export async function run(this: CliContext, flags: RunFlags, file: string): Promise<void> {
  await runAction(this, flags, async (context) =>
    flags.dryRun === true ? forecastDocument(this, flags, context, file) : carryOutDocument(this, flags, context, file),
  );
}

export async function validate(this: CliContext, flags: DocumentFlags & StrictFlags, file: string): Promise<void> {
  await runAction(this, flags, (context) => validateDocument(this, flags, context, file));
}

export async function tasks(this: CliContext, flags: Common, name?: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const found = await invoke("workflow.tasks", context, name === undefined ? {} : { name });
    const style = styleFor(this.process.stdout, this.process.env);
    const [only] = found;
    const render = () => (name !== undefined && only !== undefined ? renderTask(only, style) : renderTasks(found, style));
    await writeResult(this, flags.output, found, render);
    return EXIT.ok;
  });
}

type Context = Parameters<Parameters<typeof runAction>[2]>[0];

/** `leave`: a service that runs is not waited for, and without one it is done here all the same. Default: `--no-wait` says. */
export async function carryOutDocument(
  cli: CliContext,
  flags: RunFlags,
  context: Context,
  file: string,
  { leave = false }: { readonly leave?: boolean } = {},
): Promise<ExitCode> {
  const began = context.clock.now();
  const isLeaving = leave || flags.wait === false;
  const input = { ...inputOf(flags, file), wait: flags.wait !== false };
  const begun = isLeaving
    ? await leaveToService("workflow.run", context, input)
    : { isLeft: false as const, result: await invoke("workflow.run", context, input) };
  const result = begun.isLeft ? ({ outcome: "submitted", id: begun.run.id, run: begun.run } as const) : begun.result;
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, result, () =>
    begun.isLeft
      ? leftText(begun.run)
      : result.outcome === "submitted"
        ? `Submitted as ${result.run.id}. A service carries it out, or: provisioning workflow resume ${result.run.id}`
        : renderRun(result.run, style),
  );
  if (result.outcome !== "submitted") await tellEnd(context, result, began);
  if (result.outcome === "failed" || result.outcome === "rolledBack") return EXIT.failure;
  return result.outcome === "cancelled" || result.outcome === "paused" ? EXIT.interrupted : EXIT.ok;
}

export async function validateDocument(cli: CliContext, flags: DocumentFlags, context: Context, file: string): Promise<ExitCode> {
  const found = await invoke("workflow.validate", context, inputOf(flags, file));
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, found, () => renderDocumentValidation(found, style));
  return EXIT.ok;
}

export async function forecastDocument(cli: CliContext, flags: DocumentFlags, context: Context, file: string): Promise<ExitCode> {
  const found = await invoke("workflow.plan", context, inputOf(flags, file));
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, found, () => renderDocumentForecast(found, style));
  return EXIT.ok;
}

/** YAML and JSON hold tasks; KCL holds servers and taskservs. */
export function isDocumentFile(file: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(file);
}

function inputOf(flags: DocumentFlags, file: string): InputOf<"workflow.validate"> {
  const variables = Object.fromEntries((flags.var ?? []).map(variableOf));
  return { file, variables, ...(flags.infra === undefined ? {} : { infra: flags.infra }) };
}

function variableOf(text: string): readonly [string, ReturnType<typeof typedText>] {
  const found = /^([A-Za-z_]\w*)=(.*)$/s.exec(text);
  if (found === null) {
    throw new ProvisioningError({
      code: "INPUT_INVALID",
      // What was typed may be a secret.
      message: "A value is given as NAME=VALUE.",
      hint: "For example: --var ROLE=developer",
    });
  }
  return [found[1] as string, typedText(found[2] as string)];
}
