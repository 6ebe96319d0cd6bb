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
  /** The suite closes only what it has got. */
  const orClose = async <Result>(action: (opened: Trial) => Promise<Result>): Promise<Result> => {
    const opened = await open();
    try {
      return await action(opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
  };
  taskservConformance({
    name,
    secrets,
    skip: await testServerObstacle(),
    compile: () => orClose((opened) => opened.compile(name, "one", config)),
    connect: () =>
      orClose(async (opened) => {
        await opened.prepare(name, "one");
        return { connection: opened.connection("one"), close: () => opened.close() };
      }),
  });
}
