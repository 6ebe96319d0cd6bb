/** Long texts one page at a time: on a terminal only, by `$PAGER` or `less`, which keeps colours. Without one the text is printed as it is. */

import { spawn } from "node:child_process";
import type { CliContext } from "./cli-context.js";

const DEFAULT_ROWS = 24;

export async function page(cli: CliContext, text: string): Promise<void> {
  const { stdout, env } = cli.process;
  const isLong = text.split("\n").length >= (stdout.rows ?? DEFAULT_ROWS);
  const words = (env.PAGER ?? "less -FRX").split(/\s+/).filter((word) => word !== "");
  const wanted =
    stdout.isTTY === true && isLong && !cli.view.noPager && !cli.view.plain && env.TERM !== "dumb" && words.length > 0;
  if (!wanted || !(await through(words, text, env))) stdout.write(`${text}\n`);
}

/** Whether there is such a program. A reader who quits early has read enough. */
function through([program = "", ...words]: readonly string[], text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ["pipe", "inherit", "inherit"], env });
    child.on("error", () => resolve(false));
    child.on("close", () => resolve(true));
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${text}\n`);
  });
}
