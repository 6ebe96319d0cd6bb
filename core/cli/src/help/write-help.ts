/** Shows help, as text that fits the terminal or as data. */

import type { CliContext } from "../cli-context.js";
import type { Topic } from "../command/route.js";
import { DOMAINS } from "../commands/table.js";
import { writeResult } from "../output.js";
import { styleFor } from "../style.js";
import { helpData } from "./help-data.js";
import { helpText } from "./help-text.js";

const DEFAULT_WIDTH = 80;
const WIDEST = 120;

export async function writeHelp(cli: CliContext, topic: Topic): Promise<void> {
  const { stdout, env } = cli.process;
  const width = Math.min(stdout.columns ?? DEFAULT_WIDTH, WIDEST);
  const text = () => helpText(DOMAINS, topic, { style: styleFor(stdout, env), width });
  if (cli.format === "table" && stdout.isTTY === true) {
    const { page } = await import("../pager.js");
    return page(cli, text());
  }
  await writeResult(cli, cli.format, helpData(DOMAINS, topic), text);
}
