/** What operations do in a simulation: make something in the cloud, or only take time; fail, hang, or heed their signal as they please. */

import { type Json, ProvisioningError } from "@provisioning/model";
import type { Handlers, OperationContext, OperationHandler } from "../../handler.js";
import { createCloudHandler } from "../cloud-handlers.js";
import { connectCloud, type FaultTable, faultTable, type SimulatedCloud } from "../simulated-cloud.js";
import { never, type SimulatedProcess } from "./simulated-process.js";
import type { Weather } from "./weather.js";
import type { World } from "./world.js";

export interface SimulatedHandlersOptions {
  readonly world: World;
  readonly process: SimulatedProcess;
  readonly cloud: SimulatedCloud;
  readonly weather: () => Weather;
}

const LONGEST_WORK_MS = 20_000;
const LONGEST_STANDSTILL_MS = 240_000;
/** As often as at a fault point. */
const STANDS_STILL_BEFORE_CALLS = 3;
const CLOUD_IS_WELL = faultTable(0);

/** For the actions `cloud`, `task` and `final`; the last one cannot be undone. */
export function createSimulatedHandlers({ world, process, cloud, weather }: SimulatedHandlersOptions): Handlers {
  const { random } = world;
  let faults: FaultTable | undefined;
  const table = () => {
    const { cloudTrouble } = weather();
    if (cloudTrouble === 0) return CLOUD_IS_WELL;
    faults ??= faultTable(cloudTrouble);
    return faults;
  };
  /** Between looking and acting a process may stand still for longer than its lease. */
  const client = connectCloud(
    cloud,
    {
      async send(requestMs, effect, replyMs, instead) {
        if (random.chance(weather().standsStill * STANDS_STILL_BEFORE_CALLS)) {
          process.stop(random.int(0, LONGEST_STANDSTILL_MS));
          await new Promise<void>((resolve) => process.deliver(0, resolve));
        }
        return process.call({ requestMs, replyMs, arrive: async () => effect(), ...(instead === undefined ? {} : { instead }) });
      },
    },
    (operation) => random.weighted(table()[operation]),
    random.next,
  );
  const work = async ({ signal }: OperationContext): Promise<Json> => {
    const { operationFails, operationHangs } = weather();
    if (random.chance(operationHangs)) {
      if (random.chance(0.5)) return never();
      await process.clock.sleep(random.int(0, LONGEST_WORK_MS * 10));
      return "late";
    }
    await process.clock.sleep(random.int(0, LONGEST_WORK_MS), signal);
    if (!random.chance(operationFails)) return "done";
    throw new ProvisioningError({
      code: "SIMULATED",
      message: "It failed.",
      retry: random.pick(["now", "now", "never", "later"]),
    });
  };
  const task: OperationHandler = {
    execute: work,
    async compensate(context) {
      await work(context);
    },
  };
  return new Map([
    ["cloud", createCloudHandler({ cloud: client, clock: process.clock, bootMs: () => random.int(0, LONGEST_WORK_MS) })],
    ["task", task],
    ["final", { execute: work }],
  ]);
}
