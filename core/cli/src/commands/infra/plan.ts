/** `plan` and `drift`. */

import { invoke } from "@provisioning/actions";
import { isNoop, type Plan } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderPlan } from "../../views/plan.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "./input.js";

type Flags = InfraFlags & { readonly output: OutputFormat; readonly plan?: string; readonly detailedExitcode?: boolean };

export async function plan(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const made = await invoke("infra.plan", context, infraInput(flags));
    await showPlan(this, flags.output, made);
    return exitOf(made, flags);
  });
}

export async function drift(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const found = await invoke("infra.drift", context, infraInput(flags));
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, found, () => {
      if (found.changes.length === 0)
        return `${style.yellow("-")} ${found.infra}: nothing was made yet, so nothing can have drifted.`;
      return isNoop(found) ? `${style.green("✓")} ${found.infra}: no drift.` : renderPlan(found, style);
    });
    return exitOf(found, flags);
  });
}

export async function showPlan(cli: CliContext, output: OutputFormat, made: Plan): Promise<void> {
  await writeResult(cli, output, made, () => renderPlan(made, styleFor(cli.process.stdout, cli.process.env)));
}

function exitOf(found: Plan, flags: Flags) {
  return flags.detailedExitcode === true && !isNoop(found) ? EXIT.changes : EXIT.ok;
}
