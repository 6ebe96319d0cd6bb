/** `doctor`: what this machine has, what is missing, and how to get it. */

import { invoke } from "@provisioning/actions";
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
    const findings = await invoke(flags.fix === true ? "machine.fix" : "machine.examine", context, {});
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, findings, () => renderFindings(findings, style));
    return findings.every((finding) => finding.ok || !finding.required) ? EXIT.ok : EXIT.preflight;
  });
}
