/** `storage migrate`. */

import { open, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type ActionContext,
  invoke,
  type MigratedStorage,
  migrationReport,
  type MigrateStorageInput,
  type StorageSide,
} from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { UsageError } from "../../command/usage-error.js";
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
    await assertWritable(this, flags.report);
    const began = context.clock.now();
    const result = await invoke("storage.migrate", context, input);
    if (flags.report !== undefined) await keep(this, flags.report, migrationReport(result, began, context.clock.now() - began));
    await show(this, flags, result);
    return EXIT.ok;
  });
}

/** A report that cannot be written is better known before everything is moved. */
async function assertWritable(cli: CliContext, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await (await open(resolve(cli.currentDir, path), "a", FILE_MODE)).close();
  } catch (cause) {
    throw new UsageError(`The report cannot be written to ${path}: ${String(cause)}.`, "Name a file in a folder that is there.");
  }
}

async function keep(cli: CliContext, path: string, page: string): Promise<void> {
  await writeFile(resolve(cli.currentDir, path), page, { mode: FILE_MODE });
  if (!cli.view.quiet) cli.process.stderr.write(`Wrote ${path}.\n`);
}

/** It tells where things are kept. */
const FILE_MODE = 0o600;

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
