/** `batch submit`: check, forecast or carry out a workflow. */

import { type ApplyResult, invoke } from "@provisioning/actions";
import { type Plan, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { leaveToService } from "../../leave-to-service.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { tellEnd } from "../../tell-end.js";
import { renderForecast, renderValidation } from "../../views/batch.js";
import type { SubmitFlags } from "../batch.js";
import { carryOutDocument, forecastDocument, isDocumentFile, validateDocument } from "../workflow/document.js";
import { confirmChanges, exitOf, showApplied } from "../infra/apply.js";

type Context = Parameters<Parameters<typeof runAction>[2]>[0];

export async function submit(this: CliContext, flags: SubmitFlags, file: string): Promise<void> {
  const input = {
    file,
    ...(flags.infra === undefined ? {} : { infra: flags.infra }),
    ...(flags.workflow === undefined ? {} : { workflow: flags.workflow }),
  };
  await runAction(
    this,
    flags,
    async (context) => {
      refuseUnused(flags, file);
      if (isDocumentFile(file)) return submitDocument(this, flags, context, file);
      if (flags.validate === true) return validate(this, flags, context, input);
      if (flags.dryRun === true) return forecast(this, flags, context, input);
      const began = context.clock.now();
      const result = await submitted(context, input, flags.watch === true);
      await showApplied(this, flags, result);
      await tellEnd(context, result, began);
      return exitOf(result);
    },
    (plan) => confirmChanges(this, plan, flags.yes === true),
  );
}

/** Workflows of tasks are written in YAML or JSON. */
function submitDocument(cli: CliContext, flags: SubmitFlags, context: Context, file: string): Promise<ExitCode> {
  if (flags.validate === true) return validateDocument(cli, flags, context, file);
  if (flags.dryRun === true) return forecastDocument(cli, flags, context, file);
  return carryOutDocument(cli, flags, context, file, { leave: flags.watch !== true });
}

/** Where no service runs there is nobody else to carry it out. */
async function submitted(context: Context, input: Input, isWatched: boolean): Promise<ApplyResult> {
  if (isWatched) return invoke("batch.submit", context, input);
  const begun = await leaveToService("batch.submit", context, input);
  if (!begun.isLeft) return begun.result;
  const { plan, run } = begun;
  return { outcome: "submitted", id: run.id, plan: plan as Plan, run };
}

/** What the kind of file does not take. @throws ProvisioningError INPUT_INVALID */
function refuseUnused(flags: SubmitFlags, file: string): void {
  const isDocument = isDocumentFile(file);
  const names = (flags.var ?? []).map((text) => text.split("=")[0]);
  if (!isDocument && names.length > 0)
    throw new ProvisioningError({
      code: "INPUT_INVALID",
      message: `--var ${names.join(", ")}: ${file} is written in KCL, and takes no values.`,
      hint: "Write them into the file. Values are given to workflows in YAML.",
    });
  if (isDocument && flags.workflow !== undefined)
    throw new ProvisioningError({
      code: "INPUT_INVALID",
      message: `--workflow ${flags.workflow}: ${file} is one workflow; only a file in KCL may have several.`,
      hint: "Leave --workflow out.",
    });
}

type Input = Parameters<typeof invoke<"batch.submit">>[2];

async function validate(cli: CliContext, flags: SubmitFlags, context: Context, input: Input): Promise<ExitCode> {
  const found = await invoke("batch.validate", context, input);
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, found, () => renderValidation(found, style));
  return EXIT.ok;
}

async function forecast(cli: CliContext, flags: SubmitFlags, context: Context, input: Input): Promise<ExitCode> {
  const found = await invoke("batch.plan", context, input);
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, found, () => renderForecast(found, style));
  return EXIT.ok;
}
