/** `workspace export` and `workspace import`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderExport } from "../../views/workspace.js";
import { type CheckFlags, checkInput, type ShownFlags } from "../flags.js";

export async function exportTo(
  this: CliContext,
  flags: ShownFlags & CheckFlags & { readonly to?: string; readonly withState?: boolean },
  workspace?: string,
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const exported = await invoke("workspace.export", context, {
      ...(workspace === undefined ? {} : { workspace }),
      ...(flags.to === undefined ? {} : { file: flags.to }),
      ...(flags.withState === undefined ? {} : { withState: flags.withState }),
      ...checkInput(flags),
    });
    await writeResult(this, flags.output, exported, () => renderExport(exported, flags.check === true));
    return EXIT.ok;
  });
}

export async function importFrom(
  this: CliContext,
  flags: ShownFlags & CheckFlags & { readonly name?: string; readonly dir?: string },
  file: string,
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const made = await invoke("workspace.import", context, {
      file,
      ...(flags.name === undefined ? {} : { name: flags.name }),
      ...(flags.dir === undefined ? {} : { dir: flags.dir }),
      ...checkInput(flags),
    });
    const from = `${made.files.length} files${made.withState ? " and what was recorded" : ""}`;
    await writeResult(this, flags.output, made, () =>
      flags.check === true
        ? `Would make the workspace ${made.name} at ${made.path} from ${from}, as the active one.`
        : [
            `Made the workspace ${made.name} at ${made.path} from ${from}; it is the active one now.`,
            "",
            "Next: provisioning workspace validate",
          ].join("\n"),
    );
    return EXIT.ok;
  });
}
