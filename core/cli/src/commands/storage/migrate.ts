/** `storage migrate`. */

import { invoke, type MigrateStorageInput, type StorageSide } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderMigration } from "../../views/storage.js";
import type { MigrateFlags } from "../storage.js";

export async function migrate(this: CliContext, flags: MigrateFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const from = sideOf(flags, "source", flags.from);
    const result = await invoke("storage.migrate", context, {
      ...(Object.keys(from).length === 0 ? {} : { from }),
      to: sideOf(flags, "target", flags.to),
      ...(flags.dryRun === undefined ? {} : { dryRun: flags.dryRun }),
      ...(flags.switch === undefined ? {} : { switch: flags.switch }),
    } satisfies MigrateStorageInput);
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this.process.stdout, flags.output, result, () => renderMigration(result, style));
    return EXIT.ok;
  });
}

/** What was not given is left out. An unknown type is refused by the action, which knows them. */
function sideOf(flags: MigrateFlags, side: "source" | "target", type: string | undefined): StorageSide {
  const options = {
    type: type as StorageSide["type"],
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
