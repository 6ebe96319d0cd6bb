/** `doctor`: what this machine has, what is missing, and how to get it. */

import { type ActionContext, invoke, type MachineFinding, runtimeDirOf } from "@provisioning/actions";
import { runningService } from "@provisioning/api/client";
import { providerName } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderFindings } from "../../views/findings.js";

interface Flags {
  readonly output: OutputFormat;
  readonly fix?: boolean;
  readonly workspace?: string;
  readonly debug?: boolean;
}

export async function doctor(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const findings = [
      ...(await invoke(flags.fix === true ? "machine.fix" : "machine.examine", context, {})),
      ...(await serviceFindings(context)),
    ];
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, findings, () => renderFindings(findings, style));
    return findings.every((finding) => finding.ok || !finding.required) ? EXIT.ok : EXIT.preflight;
  });
}

/** Of the service of this workspace, which may run from another installation. */
async function serviceFindings(context: ActionContext): Promise<readonly MachineFinding[]> {
  const place = await runtimeDirOf(context);
  const running = place === undefined ? undefined : await runningService(place.runtimeDir);
  if (running === undefined) return [];
  const found = `${running.url} from ${running.platform ?? "an installation of before"} (${running.version})`;
  return [{ id: "service", provider: providerName("platform"), ok: true, required: false, title: "Service", found }];
}
