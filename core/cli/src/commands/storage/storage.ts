/** `storage info | validate`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderStorage, renderValidation } from "../../views/storage.js";
import type { StorageCommandFlags } from "../storage.js";

export async function info(this: CliContext, flags: StorageCommandFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const report = await invoke("storage.info", context, {});
    await writeResult(this, flags.output, report, () => renderStorage(report));
    return EXIT.ok;
  });
}

/** The exit code is 1 when something is damaged. */
export async function validate(this: CliContext, flags: StorageCommandFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const result = await invoke("storage.validate", context, {});
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, result, () => renderValidation(result, style));
    return result.isValid ? EXIT.ok : EXIT.failure;
  });
}
