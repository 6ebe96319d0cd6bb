/**
 * What a service acknowledged and did, in files beside the storage: they survive the service being killed, and say afterwards what must be
 * there.
 */

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunId } from "@provisioning/model";

export interface Effect {
  readonly run: RunId;
  readonly token: number;
  readonly attempt: number;
}

export interface Ledger {
  readonly acknowledged: readonly RunId[];
  readonly effects: readonly Effect[];
}

const ACKNOWLEDGED = "acknowledged";
const EFFECTS = "effects";

export function noteAcknowledged(folder: string, run: RunId): void {
  appendFileSync(join(folder, ACKNOWLEDGED), `${run}\n`);
}

export function noteEffect(folder: string, { run, token, attempt }: Effect): void {
  appendFileSync(join(folder, EFFECTS), `${run} ${token} ${attempt}\n`);
}

export function readLedger(folder: string): Ledger {
  return {
    acknowledged: linesOf(join(folder, ACKNOWLEDGED)) as RunId[],
    effects: linesOf(join(folder, EFFECTS)).map((line) => {
      const [run, token, attempt] = line.split(" ");
      return { run: run as RunId, token: Number(token), attempt: Number(attempt) };
    }),
  };
}

/** The last line may have been cut off. */
function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
