/** Where a bug can be planted around the engine, without a word of it in the product. */

import type { Storage } from "@provisioning/storage";
import type { Conditions } from "../../condition.js";
import type { Handlers } from "../../handler.js";
import type { SlotPool } from "../../slots.js";
import type { SimulatedProcess } from "./simulated-process.js";
import type { World } from "./world.js";

export interface PlantingPlace {
  readonly world: World;
  readonly process: SimulatedProcess;
}

export interface PlantedBug {
  readonly name: string;
  /** What goes wrong, for people. */
  readonly what: string;
  /** The store does other than it promises. */
  readonly store?: (storage: Storage, place: PlantingPlace) => Storage;
  /** The engine takes what it reads for something else. */
  readonly reading?: (storage: Storage, place: PlantingPlace) => Storage;
  readonly handlers?: (handlers: Handlers, place: PlantingPlace) => Handlers;
  readonly conditions?: (conditions: Conditions) => Conditions;
  readonly slots?: () => SlotPool;
}
