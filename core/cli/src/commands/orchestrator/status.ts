/** `orchestrator status`. */

import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { counted } from "@provisioning/model";
import type { OutputFlags } from "../flags.js";
import { findServicePlace, healthOf } from "./service-place.js";

/** The exit code is 1 when none runs or it does not answer. */
export async function status(
  this: CliContext,
  flags: OutputFlags & { readonly workspace?: string; readonly debug?: boolean },
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { running, root } = await findServicePlace(context);
    const health = running === undefined ? undefined : await healthOf(running.url);
    const report = { workspace: root, running: running !== undefined, ...running, ...health };
    await writeResult(this, flags.output, report, () => {
      if (running === undefined)
        return "No service runs for this workspace. Start it with: provisioning orchestrator start --background";
      const place = `${running.url} (pid ${running.pid})`;
      if (health === undefined) return `The service at ${place} does not answer.`;
      const { open, active } = health.queue;
      const work = `${counted(open, "task")} wait or run, ${active} of them here`;
      return `The service runs at ${place}, version ${health.version}, storage ${health.storage}, for ${health.uptimeSeconds} s.\n${work}.`;
    });
    return health === undefined ? EXIT.failure : EXIT.ok;
  });
}
