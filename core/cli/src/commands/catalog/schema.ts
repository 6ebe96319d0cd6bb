/** `taskserv schema`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderTaskservSchema } from "../../views/taskserv-schema.js";
import type { ShownFlags } from "../flags.js";

export async function taskservSchema(this: CliContext, flags: ShownFlags, taskserv: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const schema = await invoke("catalog.schema", context, { taskserv });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, schema, () => renderTaskservSchema(schema, style));
    return EXIT.ok;
  });
}
