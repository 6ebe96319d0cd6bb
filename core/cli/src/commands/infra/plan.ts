/** `plan` and `drift`. */

import { resolve } from "node:path";
import { type ActionContext, invoke, runtimeDirOf, type Targets } from "@provisioning/actions";
import { isNoop, nearest, type Plan, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { UsageError } from "../../command/usage-error.js";
import { EXIT } from "../../exit-codes.js";
import { isOutputFormat, OUTPUT_FORMATS, type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { type PlanShape, renderPlan } from "../../views/plan.js";
import type { InfraFlags } from "../flags.js";
import type { PlanFlags } from "../infra.js";
import { infraInput } from "./input.js";
import { writePlanFile } from "./plan-file.js";
import { writePlanPage } from "./plan-page.js";

export async function plan(this: CliContext, flags: PlanFlags): Promise<void> {
  const { output, ...common } = flags;
  const format = isOutputFormat(output) ? output : "table";
  await runAction(this, { ...common, output: format }, async (context) => {
    const file = fileOf(output);
    const targets = flags.target === undefined ? undefined : await targetsOf(context, flags, flags.target);
    const made = await invoke("infra.plan", context, { ...infraInput(flags), ...(targets === undefined ? {} : { targets }) });
    const madeAt = new Date(context.clock.now()).toISOString();
    if (flags.html !== undefined) await writePlanPage(this, flags.html, made, madeAt);
    await showPlan(this, format, made, flags);
    if (file !== undefined)
      await keepPlan(this, context, file, { plan: made, madeAt, ...(targets === undefined ? {} : { targets }) });
    return exitOf(made, flags);
  });
}

/** What looks like a mistyped form is not taken for a file. @throws UsageError */
function fileOf(output: string): string | undefined {
  if (isOutputFormat(output)) return undefined;
  if (/[./]/.test(output)) return output;
  const meant = nearest(output, OUTPUT_FORMATS);
  throw new UsageError(
    `--output is one of ${OUTPUT_FORMATS.join(", ")}, or a file such as shop.plan.`,
    meant === undefined ? "The name of a file has a dot or a slash in it." : `Did you mean ${meant}?`,
  );
}

async function keepPlan(
  cli: CliContext,
  context: ActionContext,
  file: string,
  kept: { readonly plan: Plan; readonly madeAt: string; readonly targets?: Targets },
): Promise<void> {
  const place = await runtimeDirOf(context);
  await writePlanFile(resolve(cli.currentDir, file), { ...kept, workspace: place?.root ?? "" });
  if (!cli.view.quiet) cli.process.stderr.write(`Kept in ${file}. Carry it out with: provisioning apply ${file}\n`);
}

/** Names are those of servers or of taskservs; `server.web-01` and `taskserv.nginx` say which. */
async function targetsOf(context: ActionContext, flags: InfraFlags, names: readonly string[]): Promise<Targets> {
  const known = await invoke("infra.names", context, {});
  const infras = flags.infra === undefined ? known : known.filter(({ infra }) => infra === flags.infra);
  const servers = new Set(infras.flatMap((infra) => infra.servers));
  const taskservs = new Set(infras.flatMap((infra) => infra.taskservs));
  const found = names.map((name): { readonly server?: string; readonly taskserv?: string } => {
    const bare = name.replace(/^(server|taskserv)\./, "");
    if (!name.startsWith("taskserv.") && (servers.has(bare) || name.startsWith("server."))) return { server: bare };
    if (taskservs.has(bare) || name.startsWith("taskserv.")) return { taskserv: bare };
    const meant = nearest(bare, [...servers, ...taskservs]);
    throw new ProvisioningError({
      code: "TARGET_UNKNOWN",
      message: `There is no server and no taskserv ${JSON.stringify(name)} in the definition.`,
      hint: meant === undefined ? `There are: ${[...servers, ...taskservs].join(", ")}.` : `Did you mean ${meant}?`,
    });
  });
  const [onServers, ofTaskservs] = [found.flatMap(({ server = [] }) => server), found.flatMap(({ taskserv = [] }) => taskserv)];
  return {
    ...(onServers.length === 0 ? {} : { servers: onServers }),
    ...(ofTaskservs.length === 0 ? {} : { taskservs: ofTaskservs }),
  };
}

type DriftFlags = InfraFlags & { readonly output: OutputFormat; readonly plan?: string; readonly detailedExitcode?: boolean };

export async function drift(this: CliContext, flags: DriftFlags): Promise<void> {
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

export async function showPlan(cli: CliContext, output: OutputFormat, made: Plan, shape: PlanShape = {}): Promise<void> {
  await writeResult(cli, output, made, () => renderPlan(made, styleFor(cli.process.stdout, cli.process.env), shape));
}

function exitOf(found: Plan, flags: { readonly detailedExitcode?: boolean }) {
  return flags.detailedExitcode === true && !isNoop(found) ? EXIT.changes : EXIT.ok;
}
