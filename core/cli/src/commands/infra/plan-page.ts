/** Writes a plan as a page. */

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Plan } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { planPage } from "../../views/plan-html.js";

export async function writePlanPage(cli: CliContext, path: string, plan: Plan, madeAt: string): Promise<void> {
  await writeFile(resolve(cli.currentDir, path), planPage(plan, madeAt), { mode: 0o600 });
  if (!cli.view.quiet) cli.process.stderr.write(`Wrote ${path}.\n`);
}
