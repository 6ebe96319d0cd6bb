/** `orchestrator stop`. */

import { startOf } from "@provisioning/api/client";
import { configKey } from "@provisioning/config";
import { counted, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import { patience } from "./patience.js";
import { findServicePlace } from "./service-place.js";

const LOOK_MS = 50;
const TIMEOUT = "orchestrator.stop_timeout_seconds";

export async function stop(this: CliContext, flags: { readonly workspace?: string; readonly debug?: boolean }): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { running } = await findServicePlace(context);
    if (running === undefined) {
      this.process.stdout.write("No service runs for this workspace.\n");
      return EXIT.ok;
    }
    // A configuration that is broken must not keep a service from being ended.
    const seconds = await patience(context, TIMEOUT).catch(() => Number(configKey(TIMEOUT).default));
    process.kill(running.pid, "SIGTERM");
    const giveUpAt = Date.now() + seconds * 1000;
    while ((await startOf(running.pid)) === running.startedAt) {
      if (Date.now() > giveUpAt) {
        throw new ProvisioningError({
          code: "SERVICE_NOT_STOPPED",
          message: `The service (pid ${running.pid}) has not ended within ${counted(seconds, "second")}.`,
          hint: `What it does is in its log: provisioning orchestrator logs. Ending it by force loses nothing: kill -9 ${running.pid}`,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    this.process.stdout.write("The service has ended.\n");
    return EXIT.ok;
  });
}
