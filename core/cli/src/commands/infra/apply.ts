/** `apply`, and what other commands that make things are made of. */

import { resolve } from "node:path";
import { type ActionContext, type ApplyResult, invoke, type RunReport, type Targets } from "@provisioning/actions";
import type { Plan, PlanDigests } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { confirmYes } from "../../confirm.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { leftText } from "../../leave-to-service.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { tellEnd } from "../../tell-end.js";
import { renderPlan, renderVerdict } from "../../views/plan.js";
import { printable } from "../../views/printable.js";
import { renderRun } from "../../views/run.js";
import type { ChangeFlags, InfraFlags } from "../flags.js";
import { infraInput } from "./input.js";
import { readPlanFile } from "./plan-file.js";
import { showPlan } from "./plan.js";

export type ApplyFlags = InfraFlags &
  ChangeFlags & { readonly output: OutputFormat; readonly plan?: string; readonly settings?: string };

export async function apply(this: CliContext, flags: ApplyFlags, file?: string): Promise<void> {
  await applyTargets(this, flags, file === undefined ? infraInput(flags) : () => keptInput(this, file));
}

/** What a kept plan says is done, or nothing. @throws ProvisioningError `PLAN_FILE`, PlanStaleError */
async function keptInput(cli: CliContext, file: string): Promise<ApplyInput> {
  const { plan, targets } = await readPlanFile(resolve(cli.currentDir, file));
  const expected = plan.digests;
  return {
    infra: plan.infra,
    ...(targets === undefined ? {} : { targets }),
    ...(expected === undefined ? {} : { expected }),
  };
}

interface ApplyInput {
  readonly infra?: string;
  readonly targets?: Targets;
  readonly expected?: PlanDigests;
}

export async function applyTargets(
  cli: CliContext,
  flags: ApplyFlags,
  wanted: ApplyInput | ((context: ActionContext) => Promise<ApplyInput>),
  afterwards: (context: ActionContext, code: ExitCode) => Promise<ExitCode> = async (_, code) => code,
): Promise<void> {
  await runAction(
    cli,
    flags,
    async (context) => {
      const input = typeof wanted === "function" ? await wanted(context) : wanted;
      if (flags.check === true) {
        const { expected: _, ...asked } = input;
        await showPlan(cli, flags.output, await invoke("infra.plan", context, asked));
        return EXIT.ok;
      }
      const began = context.clock.now();
      const result = await invoke("infra.apply", context, input);
      await showApplied(cli, flags, result);
      await tellEnd(context, result, began);
      return result.outcome === "declined" ? EXIT.ok : afterwards(context, exitOf(result));
    },
    (plan) => confirmChanges(cli, plan, flags.yes === true),
  );
}

export function confirmChanges(cli: CliContext, plan: Plan, isAgreed: boolean): Promise<boolean> {
  const style = styleFor(cli.process.stderr, cli.process.env);
  const text = isAgreed ? renderVerdict(plan, style) : renderPlan(plan, style);
  cli.process.stderr.write(`${printable(text, style.colours)}\n`);
  if (isAgreed) return Promise.resolve(true);
  const undo = "Afterwards they can be undone with: provisioning workflow rollback last";
  cli.process.stderr.write(`${style.dim(undo)}\n`);
  return confirmYes(cli, "Make these changes?");
}

export async function showApplied(cli: CliContext, flags: { readonly output: OutputFormat }, result: ApplyResult): Promise<void> {
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, result, () => {
    if (result.outcome === "declined") return "Nothing was changed.";
    if (result.outcome === "unchanged") return renderVerdict(result.plan, style);
    if (result.outcome === "submitted") return leftText(result.run);
    return renderRun(result.run satisfies RunReport, style, { brief: true });
  });
}

export function exitOf(result: ApplyResult): ExitCode {
  if (result.outcome === "failed" || result.outcome === "rolledBack") return EXIT.failure;
  return result.outcome === "cancelled" || result.outcome === "paused" ? EXIT.interrupted : EXIT.ok;
}
