/** Processes with an engine in them: workers that take runs from the queue, and desks at which people ask for things. */

import type { Storage } from "@provisioning/storage";
import { createEngine, type Engine } from "../../engine.js";
import type { FaultPoint } from "../../fault-point.js";
import type { Handlers } from "../../handler.js";
import { SlotPool } from "../../slots.js";
import { startWorker, type Worker } from "../../worker.js";
import type { SimulatedCloud } from "../simulated-cloud.js";
import type { Judge } from "./judge.js";
import type { PlantedBug } from "./planted-bug.js";
import { createSimulatedConditions } from "./simulated-conditions.js";
import { createSimulatedHandlers } from "./simulated-handlers.js";
import { never, SimulatedProcess } from "./simulated-process.js";
import { linkStore } from "./store-link.js";
import type { Weather } from "./weather.js";
import type { World } from "./world.js";

/** What all processes of one simulation share. */
export interface Surroundings {
  readonly world: World;
  readonly judge: Judge;
  readonly cloud: SimulatedCloud;
  /** As it is; each process has its own way to it. */
  readonly storage: Storage;
  readonly weather: () => Weather;
  readonly bug: PlantedBug | undefined;
}

export interface EngineProcess {
  readonly process: SimulatedProcess;
  readonly engine: Engine;
  readonly handlers: Handlers;
  readonly storage: Storage;
  readonly slots: SlotPool;
}

const LONGEST_SKEW_MS = 3_600_000;
const LONGEST_STANDSTILL_MS = 90_000;
const POLL_MS = 20_000;

export function startEngineProcess(surroundings: Surroundings, name: string): EngineProcess {
  const { world, judge, bug, weather, cloud } = surroundings;
  const process = new SimulatedProcess(world, name, world.random.int(-LONGEST_SKEW_MS, LONGEST_SKEW_MS));
  const place = { world, process };
  const kept = bug?.store?.(surroundings.storage, place) ?? surroundings.storage;
  const linked = linkStore({ world, process, weather, storage: judge.watchStore(kept, process) });
  const storage = bug?.reading?.(linked, place) ?? linked;
  const real = createSimulatedHandlers({ world, process, cloud, weather });
  const handlers = judge.watchHandlers(bug?.handlers?.(real, place) ?? real, process);
  const conditions = createSimulatedConditions(() => world.now);
  const slots = bug?.slots?.() ?? new SlotPool();
  const engine = createEngine({
    storage,
    clock: process.clock,
    random: world.random.next,
    holder: name,
    checkpointInterval: 2,
    faultPoint: faultPointOf(surroundings, process),
    conditions: bug?.conditions?.(conditions) ?? conditions,
    conditionPollMs: 5_000,
    slots,
  });
  return { process, engine, handlers, storage, slots };
}

/** At any fault point the process may die or stand still, as chance will have it. */
function faultPointOf({ world, weather }: Surroundings, process: SimulatedProcess): FaultPoint {
  return (name) => {
    if (process.status === "dead") return never();
    const { dies, standsStill } = weather();
    if (world.random.chance(dies)) {
      process.kill(`at ${name}`);
      return never();
    }
    if (!world.random.chance(standsStill)) return undefined;
    process.stop(world.random.int(0, LONGEST_STANDSTILL_MS));
    return new Promise<void>((resolve) => process.deliver(0, resolve));
  };
}

export interface WorkerProcess extends EngineProcess {
  readonly worker: Worker;
}

export function startWorkerProcess(surroundings: Surroundings, name: string, onError: (error: unknown) => void): WorkerProcess {
  const started = startEngineProcess(surroundings, name);
  const { process, engine, handlers, storage } = started;
  surroundings.world.note(name, "starts");
  const worker = startWorker({
    engine,
    storage,
    clock: process.clock,
    capacity: surroundings.world.random.int(1, 3),
    pollMs: POLL_MS,
    handlersFor: async () => handlers,
    onError,
  });
  return { ...started, worker };
}
