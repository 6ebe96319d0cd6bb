/** People who ask for everything at once, of any run, again and again, without looking: they get in each other's way. */

import { type Clock, type OperationDefinition, ProvisioningError, type RunDefinition } from "@provisioning/model";
import type { Engine } from "../../engine.js";

const WISHES: readonly ((engine: Engine, run: RunDefinition, by: string) => Promise<unknown>)[] = [
  (engine, { id }, by) => engine.pause(id, by, "test"),
  (engine, { id }, by) => engine.resume(id, by),
  (engine, { id }, by) => engine.resume(id, by),
  (engine, { id }, by) => engine.retry(id, by),
  (engine, { id }, by) => engine.cancel(id, by, "test"),
  (engine, { id, operations }, by) => engine.pass(id, (operations[0] as OperationDefinition).id, by),
  (engine, { id }) => engine.state(id),
  (engine, definition) => engine.submit(definition),
];

export interface UnrulyOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly definitions: readonly RunDefinition[];
  readonly people: number;
  /** Of each of them. */
  readonly requests: number;
  readonly random: () => number;
}

/** @throws what a store throws; what is refused is refused */
export async function makeTrouble({ engine, clock, definitions, people, requests, random }: UnrulyOptions): Promise<void> {
  const person = async (_: unknown, index: number) => {
    for (let left = requests; left > 0; left -= 1) {
      // Often the same run as everybody else.
      const definition = definitions[Math.floor(random() ** 3 * definitions.length)] as RunDefinition;
      const wish = WISHES[Math.floor(random() * WISHES.length)] as (typeof WISHES)[number];
      await wish(engine, definition, `person-${index}`).catch((error: unknown) => {
        if (!(error instanceof ProvisioningError) || error.code.startsWith("STORE_")) throw error;
      });
      await clock.sleep(random() * 4);
    }
  };
  await Promise.all(Array.from({ length: people }, person));
}
