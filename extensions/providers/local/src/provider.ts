/** The local provider: servers on this machine as containers, and existing machines over SSH. */

import type { Provider, ProviderOptions } from "@provisioning/extension-sdk";
import { providerName } from "@provisioning/model";
import { type Machine, thisMachine } from "./engine/machine.js";
import { BASE_IMAGE } from "./image/recipe.js";
import { createNetworkHandler } from "./network/handler.js";
import { LOCAL_PLANS } from "./plans.js";
import { createServerHandler } from "./server/handler.js";
import { LocalSession } from "./session.js";
import { localSettings } from "./settings.js";

/** Touches nothing until the first call. Settings are those of the configuration below `local`. @throws ProvisioningError NETWORK_RANGE_INVALID */
export async function createProvider(options: ProviderOptions, machine: Machine = thisMachine()): Promise<Provider> {
  const setting = options.settings["engine"];
  const settings = localSettings(options.settings);
  const session = new LocalSession({
    settings,
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
    capabilities: { plans: LOCAL_PLANS, limits: settings.limits, images: [BASE_IMAGE] },
    network: createNetworkHandler(session),
    server: createServerHandler(session),
    close: async () => undefined,
  };
}
