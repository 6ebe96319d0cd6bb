/** `kcl vet`: files that end in `.k` hold the schema, all others are data. */

import { invoke } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderVet } from "../../views/kcl.js";
import { given, runKclAction, standardInput } from "./run-kcl-action.js";

export interface VetFlags {
  readonly output: OutputFormat;
  readonly schema?: string;
  readonly attributeName?: string;
  readonly format?: "yaml" | "json";
}

export async function vet(this: CliContext, flags: VetFlags, ...words: string[]): Promise<void> {
  await runKclAction(this, async (context) => {
    const files = words.filter((word) => word.endsWith(".k"));
    const data = words.filter((word) => !word.endsWith(".k"));
    const missing = data.length === 0 ? "data" : files.length === 0 ? "KCL" : undefined;
    if (missing !== undefined)
      throw new ProvisioningError({
        code: "KCL_FILE_MISSING",
        message: `No ${missing} file is named.`,
        hint: "Name both, for example: provisioning kcl vet data.yaml schema.k",
      });
    const { output, attributeName, ...options } = flags;
    const report = await invoke("kcl.vet", context, {
      ...given(options),
      ...(attributeName === undefined ? {} : { attribute: attributeName }),
      ...(await standardInput(this, data)),
      data,
      files,
      mayUseMachine: true,
    });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, output, report, () => renderVet(report, style));
    return report.ok ? EXIT.ok : EXIT.failure;
  });
}
