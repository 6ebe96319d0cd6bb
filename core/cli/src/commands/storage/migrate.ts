/** `storage migrate`. */

import {
  type ActionContext,
  invoke,
  type MigratedStorage,
  type MigrateStorageInput,
  type StorageSide,
} from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { confirmYes } from "../../confirm.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderMigration } from "../../views/storage.js";
import type { MigrateFlags } from "../storage.js";
import { askForMove } from "./wizard.js";

export async function migrate(this: CliContext, flags: MigrateFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const isAsked = flags.interactive === true;
    const input = isAsked ? await askForMove(this, await configuredType(context)) : given(flags);
    if (isAsked) {
      const preview = await invoke("storage.migrate", context, { ...input, dryRun: true });
      this.process.stderr.write(`${renderMigration(preview, styleFor(this.process.stderr, this.process.env))}\n`);
      if (!(await confirmYes(this, "Go ahead?"))) return EXIT.ok;
    }
    await show(this, flags, await invoke("storage.migrate", context, input));
    return EXIT.ok;
  });
}

/** Outside of a workspace everything is asked for. */
async function configuredType(context: ActionContext): Promise<MigratedStorage["from"]["type"]> {
  try {
    return (await invoke("storage.info", context, {})).type;
  } catch (error) {
    if (error instanceof ProvisioningError && error.code === "WORKSPACE_NONE") return "filesystem";
    throw error;
  }
}

async function show(cli: CliContext, flags: MigrateFlags, result: MigratedStorage): Promise<void> {
  const style = styleFor(cli.process.stdout, cli.process.env);
  await writeResult(cli, flags.output, result, () => renderMigration(result, style));
}

function given(flags: MigrateFlags): MigrateStorageInput {
  const from = sideOf(flags, "source", flags.from);
  return {
    ...(Object.keys(from).length === 0 ? {} : { from }),
    to: sideOf(flags, "target", flags.to),
    ...(flags.dryRun === undefined ? {} : { dryRun: flags.dryRun }),
    ...(flags.switch === undefined ? {} : { switch: flags.switch }),
  };
}

/** What was not given is left out. An unknown type is refused by the action, which knows them. */
function sideOf(flags: MigrateFlags, side: "source" | "target", type: string | undefined): StorageSide {
  const options = {
    type,
    dataDir: flags[`${side}Dir`],
    packagesDir: flags[`${side}PackagesDir`],
    url: flags[`${side}Url`],
    namespace: flags[`${side}Namespace`],
    database: flags[`${side}Database`],
    schema: flags[`${side}Schema`],
    username: flags[`${side}Username`],
    password: flags[`${side}Password`],
    passwordFile: flags[`${side}PasswordFile`],
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as StorageSide;
}
