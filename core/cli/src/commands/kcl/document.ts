/** `kcl doc`. */

import { relative } from "node:path";
import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { renderFindingTexts } from "../../views/kcl.js";
import { given, runKclAction } from "./run-kcl-action.js";

export interface DocumentFlags {
  readonly output?: string;
  readonly format: "md" | "json";
}

export async function document(this: CliContext, flags: DocumentFlags, path = "."): Promise<void> {
  await runKclAction(this, async (context) => {
    const report = await invoke("kcl.document", context, { ...given(flags), path, mayUseMachine: true });
    const { stdout, stderr } = this.process;
    if (flags.output !== undefined) for (const file of report.written) stdout.write(`${relative(this.currentDir, file)}\n`);
    else if (flags.format === "json") {
      const documents = report.packages.map(({ name, document: content }) => ({ name, document: content }));
      stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
    } else stdout.write(report.packages.map(({ text }) => text).join("\n"));
    stderr.write(renderFindingTexts(report.findings));
    return report.ok ? EXIT.ok : EXIT.failure;
  });
}
