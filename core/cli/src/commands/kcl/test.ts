/** `kcl test`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderTests } from "../../views/kcl.js";
import { given, runKclAction } from "./run-kcl-action.js";

export interface TestFlags {
  readonly output: OutputFormat;
  readonly run?: string;
  readonly failFast?: boolean;
}

export async function test(this: CliContext, { output, ...flags }: TestFlags, ...paths: string[]): Promise<void> {
  await runKclAction(this, async (context) => {
    const report = await invoke("kcl.test", context, {
      ...given(flags),
      paths: paths.length === 0 ? ["."] : paths,
      mayUseMachine: true,
    });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, output, report, () => renderTests(report, this.currentDir, style));
    return report.ok ? EXIT.ok : EXIT.failure;
  });
}
