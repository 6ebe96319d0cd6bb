/** The local provider: servers on this machine as containers, and existing machines over SSH. */

import type { Provider, ProviderOptions } from "@provisioning/extension-sdk";
import { providerName } from "@provisioning/model";
import { type Machine, thisMachine } from "./engine/machine.js";
import { BASE_IMAGE } from "./image/recipe.js";
import { createNetworkHandler } from "./network/handler.js";
import { LOCAL_PLANS } from "./plans.js";
import { createServerHandler } from "./server/handler.js";
import { LocalSession } from "./session.js";

/** Calls a second are not limited by the engine; this keeps a small machine responsive. Eight servers at once boot in 2 to 4 s. */
const LIMITS = { rate: 50, batchSize: 8 } as const;

/** Touches nothing until the first call. Setting `engine`: address of the container engine, found by looking when missing. */
export async function createProvider(options: ProviderOptions, machine: Machine = thisMachine()): Promise<Provider> {
  const setting = options.settings["engine"];
  const session = new LocalSession({
    dataDir: options.dataDir,
    machine,
    discovery: {
      setting: typeof setting === "string" && setting !== "auto" ? setting : undefined,
      environment: options.env,
      readFile: (path) => machine.readFile(path),
      userId: machine.userId,
    },
  });
  return {
    name: providerName("local"),
    capabilities: { plans: LOCAL_PLANS, limits: LIMITS, images: [BASE_IMAGE] },
    network: createNetworkHandler(session),
    server: createServerHandler(session),
    close: async () => undefined,
  };
}
