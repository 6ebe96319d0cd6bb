/** `kcl fmt`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderFindingTexts, renderFormat } from "../../views/kcl.js";
import { given, runKclAction, standardInput } from "./run-kcl-action.js";

export interface FormatFlags {
  readonly output: OutputFormat;
  readonly check?: boolean;
}

export async function format(this: CliContext, { output, ...flags }: FormatFlags, ...paths: string[]): Promise<void> {
  await runKclAction(this, async (context) => {
    const input = { ...given(flags), paths: paths.length === 0 ? ["."] : paths, ...(await standardInput(this, paths)) };
    const report = await invoke("kcl.format", context, input);
    const isCheck = flags.check === true;
    // Formatted text goes out as it is: it is a file, not talk.
    if (report.text !== undefined && output === "table" && !isCheck) this.process.stdout.write(report.text);
    else {
      const style = styleFor(this.process.stdout, this.process.env);
      await writeResult(this, output, report, () => renderFormat(report, this.currentDir, isCheck, style));
    }
    if (output === "table") this.process.stderr.write(renderFindingTexts(report.findings));
    return report.ok ? EXIT.ok : EXIT.failure;
  });
}
