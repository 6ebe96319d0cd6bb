/** Puts one taskserv through the conformance suite of the SDK, on a server that has what the taskserv requires. */

import { taskservConformance, testServerObstacle } from "@provisioning/extension-sdk/testing";
import type { JsonObject } from "@provisioning/model";
import { openTrial, type Trial } from "./trial.js";

export interface TaskservDescription {
  readonly name: string;
  readonly config?: JsonObject;
  /** Values of the configuration that must not be shown. */
  readonly secrets?: readonly string[];
}

export async function describeTaskserv({ name, config = {}, secrets = [] }: TaskservDescription): Promise<void> {
  let trial: Trial | undefined;
  const open = async (): Promise<Trial> => {
    trial ??= await openTrial([{ name: "one", taskservs: [name] }]);
    return trial;
  };
  taskservConformance({
    name,
    secrets,
    skip: await testServerObstacle(),
    compile: async () => (await open()).compile(name, "one", config),
    connect: async () => {
      const opened = await open();
      await opened.prepare(name, "one");
      return { connection: opened.connection("one"), close: () => opened.close() };
    },
  });
}
