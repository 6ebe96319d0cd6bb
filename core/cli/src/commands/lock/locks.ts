/** `lock list` and `lock break`. */

import { invoke, type LockView } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { confirmName } from "../../confirm.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { formatDuration } from "../../views/duration.js";
import { renderTable, widthOf } from "../../views/table.js";
import type { ChangeFlags, ShownFlags } from "../flags.js";

export async function list(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const locks = await invoke("lock.list", context, {});
    await writeResult(this, flags.output, locks, () =>
      locks.length === 0 ? "Nothing is held." : renderLocks(locks, context.clock.now(), widthOf(this.process.stdout)),
    );
    return EXIT.ok;
  });
}

export async function breakOne(this: CliContext, flags: ShownFlags & ChangeFlags, scope: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    if (flags.check === true) {
      const found = await invoke("lock.break", context, { scope, check: true });
      await writeResult(this, flags.output, found, () => `${scope} would be free; ${found.holder} has it.`);
      return EXIT.ok;
    }
    const held = (await invoke("lock.list", context, {})).find((lock) => lock.scope === scope);
    if (held !== undefined && flags.yes !== true) {
      const question = `${held.holder} holds it and is ${held.alive === "no" ? "gone" : "at work"}${held.doing === "" ? "" : `: ${held.doing}`}.`;
      if (!(await confirmName(this, question, scope))) return EXIT.ok;
    }
    const broken = await invoke("lock.break", context, { scope });
    await writeResult(this, flags.output, broken, () => `${scope} is free; ${broken.holder} had it.`);
    return EXIT.ok;
  });
}

function renderLocks(locks: readonly LockView[], now: number, width?: number): string {
  const ago = (at: number) => `${formatDuration(Math.max(0, now - at))} ago`;
  return renderTable(
    locks,
    [
      { title: "LOCK", cell: ({ scope }) => scope },
      { title: "HOLDER", cell: ({ holder }) => holder },
      { title: "SINCE", cell: ({ since }) => ago(since) },
      { title: "LAST BEAT", cell: ({ lastBeat }) => ago(lastBeat) },
      { title: "ALIVE", cell: ({ alive }) => alive },
      { title: "DOING", cell: ({ doing }) => doing || "-" },
    ],
    width,
  );
}
