/** Measures how long after a crash work goes on, with many tasks in the store. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startProcess } from "@provisioning/storage/testing";
import type { MortalPlace } from "./rounds.js";

export interface RecoveryOptions {
  /** `recovery-program.ts`, built. */
  readonly program: string;
  readonly root: string;
  readonly places: MortalPlace;
  readonly tasks: number;
  /** Of each task. */
  readonly operations: number;
  /** How often it is measured, each time after another crash. */
  readonly times: number;
}

/** Milliseconds since the beginning of the process. */
export interface Recovery {
  readonly opened: number;
  /** The first operation was begun: its start is stored. */
  readonly claimed: number;
  /** Its result is stored. */
  readonly done: number;
  readonly rssMiB: number;
}

export async function measureRecovery(options: RecoveryOptions): Promise<readonly Recovery[]> {
  const { program, root, places, tasks, operations, times } = options;
  const folder = join(root, "recovery");
  await mkdir(folder, { recursive: true });
  const storage = await places.place(0, folder);
  const variables = { STORAGE: JSON.stringify(storage) };
  const filler = startProcess(program, ["fill", String(tasks), String(operations)], variables);
  await filler.said((line) => line === "filled");
  await filler.kill();
  const found: Recovery[] = [];
  for (let time = 0; time < times; time += 1) {
    const process = startProcess(program, ["recover"], variables);
    const line = await process.said((said) => said.startsWith("recovered "));
    await process.ended();
    found.push(JSON.parse(line.slice("recovered ".length)) as Recovery);
  }
  return found;
}
