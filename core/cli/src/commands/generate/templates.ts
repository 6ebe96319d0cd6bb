/** `template list`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderTemplates } from "../../views/generated.js";
import type { OutputFlags } from "../flags.js";

export async function listTemplates(this: CliContext, flags: OutputFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const templates = await invoke("generate.templates", context, {});
    await writeResult(this, flags.output, templates, () => renderTemplates(templates));
    return EXIT.ok;
  });
}
