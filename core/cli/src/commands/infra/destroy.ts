/** `cluster delete`, and the removal of single servers and taskservs. */

import { invoke, type Targets } from "@provisioning/actions";
import type { Plan } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { confirmName, confirmYes } from "../../confirm.js";
import { EXIT } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderPlan } from "../../views/plan.js";
import { type ApplyFlags, exitOf, showApplied } from "./apply.js";
import { infraInput } from "./input.js";
import { showPlan } from "./plan.js";

export async function deleteCluster(this: CliContext, flags: ApplyFlags, name?: string): Promise<void> {
  await destroyTargets(this, flags, infraInput(flags, name));
}

export async function destroyTargets(
  cli: CliContext,
  flags: ApplyFlags,
  input: { readonly infra?: string; readonly targets?: Targets },
): Promise<void> {
  await runAction(
    cli,
    flags,
    async (context) => {
      if (flags.check === true) {
        await showPlan(cli, flags.output, await invoke("infra.planRemoval", context, input));
        return EXIT.ok;
      }
      const result = await invoke("infra.destroy", context, input);
      await showApplied(cli, flags, result);
      return exitOf(result);
    },
    async (plan) => flags.yes === true || ask(cli, plan, input.targets === undefined),
  );
}

/** Whoever removes everything types the name. */
function ask(cli: CliContext, plan: Plan, everything: boolean): Promise<boolean> {
  cli.process.stderr.write(`${renderPlan(plan, styleFor(cli.process.stderr, cli.process.env))}\n`);
  if (!everything) return confirmYes(cli, "Remove them?");
  return confirmName(cli, `This removes everything of ${plan.infra}, with its data.`, plan.infra);
}
