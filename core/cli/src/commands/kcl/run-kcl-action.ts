/**
 * Runs one action on KCL for a command. Such an action works on files alone and in one go: there is no progress to show, and Ctrl-C ends
 * the process at once.
 */

import type { ActionContext } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { type ExitCode, exitCodeOf, EXIT } from "../../exit-codes.js";
import { actionContext } from "../../run-action.js";
import { writeError } from "../../views/write-error.js";

export async function runKclAction(cli: CliContext, work: (context: ActionContext) => Promise<ExitCode>): Promise<void> {
  try {
    const never = new AbortController().signal;
    const watch = { signal: never, drain: never, report: () => undefined, confirm: () => Promise.resolve(false) };
    cli.process.exitCode = await work(await actionContext(cli, {}, watch));
  } catch (error) {
    writeError(cli, error, cli.words.includes("--debug"));
    cli.process.exitCode = error instanceof ProvisioningError ? exitCodeOf(error) : EXIT.failure;
  }
}

/** The whole text of standard input, when one of the words asks for it. */
export async function standardInput(cli: CliContext, words: readonly string[]): Promise<{ standardInput?: string }> {
  if (!words.includes("-")) return {};
  const chunks: Buffer[] = [];
  for await (const chunk of cli.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return { standardInput: Buffer.concat(chunks).toString("utf8") };
}

/** The flags that were given: the parser has the others too, without a value. */
export function given<Flags extends object>(flags: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Flags;
}
