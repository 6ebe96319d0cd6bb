/** Questions before something changes. Never asked without a terminal: then the flag that answers it is named. */

import { createInterface } from "node:readline/promises";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "./cli-context.js";

class ConfirmationNeededError extends ProvisioningError {
  constructor() {
    super({
      code: "CONFIRMATION_NEEDED",
      message: "This has to be confirmed, and there is nobody to ask: no terminal, or --no-input.",
      hint: "Add --yes to go ahead, or --check to only look.",
    });
  }
}

/** `y` or `yes` goes ahead, everything else does not. @throws ConfirmationNeededError */
export function confirmYes(cli: CliContext, question: string): Promise<boolean> {
  return ask(cli, `${question} [y/N] `, (answer) => /^y(es)?$/i.test(answer));
}

/** For what destroys: the name must be typed. @throws ConfirmationNeededError */
export function confirmName(cli: CliContext, question: string, name: string): Promise<boolean> {
  return ask(cli, `${question} Type ${name} to go ahead: `, (answer) => answer === name);
}

/** What was typed; `fallback` for an empty line. @throws ConfirmationNeededError */
export async function askText(cli: CliContext, question: string, fallback: string): Promise<string> {
  const answer = await answerTo(cli, `${question}${fallback === "" ? "" : ` [${fallback}]`}: `);
  return answer === "" ? fallback : answer;
}

async function ask(cli: CliContext, prompt: string, accepts: (answer: string) => boolean): Promise<boolean> {
  return accepts(await answerTo(cli, prompt));
}

async function answerTo(cli: CliContext, prompt: string): Promise<string> {
  if (cli.view.noInput || cli.stdin.isTTY !== true || cli.process.stderr.isTTY !== true) throw new ConfirmationNeededError();
  const lines = createInterface({ input: cli.stdin, output: process.stderr });
  try {
    return (await lines.question(prompt)).trim();
  } finally {
    lines.close();
  }
}
