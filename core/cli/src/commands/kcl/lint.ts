/** `kcl lint`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT, isWarning, withWarnings } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderLint } from "../../views/kcl.js";
import { runKclAction } from "./run-kcl-action.js";

export interface LintFlags {
  readonly output: OutputFormat;
  readonly strict?: boolean;
}

export async function lint(this: CliContext, flags: LintFlags, ...paths: string[]): Promise<void> {
  await runKclAction(this, async (context) => {
    const report = await invoke("kcl.lint", context, { paths: paths.length === 0 ? ["."] : paths, mayUseMachine: true });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, report, () => renderLint(report, style));
    return withWarnings(report.ok ? EXIT.ok : EXIT.failure, flags.strict, report.findings.some(isWarning));
  });
}
