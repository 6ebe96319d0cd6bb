/** `why`: of a run, of a resource or one of its fields, of a setting. */

import { type ActionContext, invoke } from "@provisioning/actions";
import { isRunId, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { type Style, styleFor } from "../../style.js";
import { renderExplained } from "../../views/config.js";
import { renderOrigins } from "../../views/origins.js";
import { renderWhy } from "../../views/why.js";
import type { ShownFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";

type Flags = ShownFlags & { readonly infra?: string };

export async function why(this: CliContext, flags: Flags, subject: string, operation?: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    if (/^(server|taskserv|network)\./.test(subject)) await whyResource(this, flags, context, subject);
    else if (/^[a-z]\w*\.[\w.-]+$/.test(subject)) await whySetting(this, flags, context, subject);
    else await whyRun(this, flags, context, subject, operation);
    return EXIT.ok;
  });
}

async function whyRun(cli: CliContext, flags: Flags, context: ActionContext, id: string, operation?: string): Promise<void> {
  if (id !== "last" && !isRunId(id)) throw unknownSubject(id);
  const report = await invoke("run.why", context, { id, ...(operation === undefined ? {} : { operation }) });
  await writeResult(cli, flags.output, report, () => renderWhy(report, styleOf(cli), operation !== undefined));
}

function unknownSubject(subject: string): ProvisioningError {
  return new ProvisioningError({
    code: "RUN_ID_INVALID",
    message: `${JSON.stringify(subject.slice(0, 80))} is no id of a run, no address of a resource and no setting.`,
    hint: "Write server.web-01 for a server, taskserv.web-01.redis for what is on it; runs are in: provisioning workflow list",
  });
}

async function whySetting(cli: CliContext, flags: Flags, context: ActionContext, key: string): Promise<void> {
  const explained = await invoke("config.explain", context, { key, ...infraInput(flags) });
  await writeResult(cli, flags.output, explained, () => renderExplained(explained, styleOf(cli)));
}

async function whyResource(cli: CliContext, flags: Flags, context: ActionContext, subject: string): Promise<void> {
  const report = await invoke("infra.why", context, { ...infraInput(flags), subject });
  await writeResult(cli, flags.output, report, () => renderOrigins(report, styleOf(cli)));
}

function styleOf(cli: CliContext): Style {
  return styleFor(cli.process.stdout, cli.process.env);
}
