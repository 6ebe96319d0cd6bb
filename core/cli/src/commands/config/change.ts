/** `config set | unset`. */

import { type ChangedConfig, invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderChangedConfig } from "../../views/config.js";
import type { EditFlags, SetFlags } from "../config.js";
import { checkInput } from "../flags.js";
import { infraInput } from "../infra/input.js";

export async function set(this: CliContext, flags: SetFlags, key: string, value: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    await tell(this, flags, await invoke("config.set", context, { key, value, ...editInput(flags), ...checkInput(flags) }));
    return EXIT.ok;
  });
}

export async function unset(this: CliContext, flags: SetFlags, key: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    await tell(this, flags, await invoke("config.unset", context, { key, ...editInput(flags), ...checkInput(flags) }));
    return EXIT.ok;
  });
}

export function editInput(flags: EditFlags) {
  return { ...infraInput(flags), ...(flags.layer === undefined ? {} : { layer: flags.layer }) };
}

function tell(cli: CliContext, { output, check = false }: SetFlags, changed: ChangedConfig): Promise<void> {
  return writeResult(cli, output, changed, () => renderChangedConfig(changed, check));
}
