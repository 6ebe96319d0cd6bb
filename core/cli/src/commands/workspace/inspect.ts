/** `workspace info` and `workspace validate`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT, isWarning, withWarnings } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderValidation, renderWorkspace } from "../../views/workspace.js";
import type { ShownFlags, StrictFlags } from "../flags.js";

export async function info(this: CliContext, flags: ShownFlags, workspace?: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const detail = await invoke("workspace.info", context, workspace === undefined ? {} : { workspace });
    await writeResult(this, flags.output, detail, () => renderWorkspace(detail));
    return EXIT.ok;
  });
}

export async function validate(this: CliContext, flags: ShownFlags & StrictFlags & { readonly all?: boolean }): Promise<void> {
  await runAction(this, flags, async (context) => {
    const report = await invoke("workspace.validate", context, flags.all === undefined ? {} : { all: flags.all });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, report, () => renderValidation(report, style));
    const findings = report.workspaces.flatMap(({ parts }) => parts.flatMap((part) => part.findings));
    return withWarnings(report.ok ? EXIT.ok : EXIT.preflight, flags.strict, findings.some(isWarning));
  });
}
