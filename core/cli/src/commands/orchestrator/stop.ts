/** `orchestrator stop`. */

import { startOf } from "@provisioning/api/client";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import { findServicePlace } from "./service-place.js";

/** Longer than what it gives its tasks to come to rest. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 50;

export async function stop(this: CliContext, flags: { readonly workspace?: string; readonly debug?: boolean }): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { running } = await findServicePlace(context);
    if (running === undefined) {
      this.process.stdout.write("No service runs for this workspace.\n");
      return EXIT.ok;
    }
    process.kill(running.pid, "SIGTERM");
    const giveUpAt = Date.now() + PATIENCE_MS;
    while ((await startOf(running.pid)) === running.startedAt) {
      if (Date.now() > giveUpAt) {
        throw new ProvisioningError({
          code: "SERVICE_NOT_STOPPED",
          message: `The service (pid ${running.pid}) has not ended within ${PATIENCE_MS / 1000} seconds.`,
          hint: `What it does is in its log: provisioning orchestrator logs. Ending it by force loses nothing: kill -9 ${running.pid}`,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    this.process.stdout.write("The service has ended.\n");
    return EXIT.ok;
  });
}
