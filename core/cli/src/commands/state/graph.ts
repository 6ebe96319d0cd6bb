/** `graph query | dependents | path`. */

import { type GraphAnswer, invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderFound, renderPath } from "../../views/resources.js";
import type { ReadFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";
import { widthOf } from "../../views/table.js";

export async function query(this: CliContext, flags: ReadFlags, ...words: string[]): Promise<void> {
  await runAction(this, flags, async (context) => {
    await answer(this, flags, await invoke("graph.query", context, { ...infraInput(flags), question: words.join(" ") }));
    return EXIT.ok;
  });
}

export async function dependents(this: CliContext, flags: ReadFlags, resource: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    await answer(this, flags, await invoke("graph.dependents", context, { ...infraInput(flags), resource }));
    return EXIT.ok;
  });
}

/** Nothing found is an answer for people and a failure for scripts: the exit code is 1. */
export async function path(this: CliContext, flags: ReadFlags, from: string, to: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const found = await invoke("graph.path", context, { ...infraInput(flags), from, to });
    await writeResult(this, flags.output, found, () =>
      found.infra === null ? `${from} does not need ${to}.` : renderPath(found),
    );
    return found.infra === null ? EXIT.failure : EXIT.ok;
  });
}

async function answer(cli: CliContext, flags: ReadFlags, found: GraphAnswer): Promise<void> {
  await writeResult(cli, flags.output, found, () =>
    found.resources.length === 0 ? "Nothing." : renderFound(found.resources, widthOf(cli.process.stdout)),
  );
}
