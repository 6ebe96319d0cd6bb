/** `state list | show`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderResource, renderResources } from "../../views/resources.js";
import type { ReadFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";
import { widthOf } from "../../views/table.js";

export async function list(this: CliContext, flags: ReadFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const resources = await invoke("state.list", context, infraInput(flags));
    await writeResult(this, flags.output, resources, () =>
      resources.length === 0
        ? "Nothing is recorded yet. Make something with: provisioning apply"
        : renderResources(resources, widthOf(this.process.stdout)),
    );
    return EXIT.ok;
  });
}

export async function show(this: CliContext, flags: ReadFlags, resource: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const detail = await invoke("state.show", context, { ...infraInput(flags), resource });
    await writeResult(this, flags.output, detail, () => renderResource(detail));
    return EXIT.ok;
  });
}
