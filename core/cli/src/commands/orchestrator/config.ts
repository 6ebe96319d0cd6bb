/** `orchestrator config`: what the service would be started with, and its storage. */

import { type ConfigEntry, invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderEntries } from "../../views/config.js";
import { widthOf } from "../../views/table.js";
import type { ShownFlags } from "../flags.js";

export async function config(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const entries = (await invoke("config.list", context, {})).filter(({ key }) => /^(?:orchestrator|storage)\./.test(key));
    await writeResult(this, flags.output, byPart(entries), () =>
      renderEntries(entries, { raw: false, width: widthOf(this.process.stdout) }),
    );
    return EXIT.ok;
  });
}

/** `storage.surrealdb.url` is `surrealdb.url`: databases stand beside the storage. Secrets are not shown. */
function byPart(entries: readonly ConfigEntry[]): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const parts: Record<string, Record<string, unknown>> = {};
  for (const { key, value } of entries) {
    const words = key.split(".");
    const name = words.pop() as string;
    (parts[words.at(-1) as string] ??= {})[name] = value;
  }
  return parts;
}
