/** How rough a simulation is: probabilities of each kind of trouble, drawn once per seed so that seeds differ in kind. */

import type { RandomSource } from "./random-source.js";

export interface Weather {
  /** Of one call to the store: it is not carried out and the caller is told so late. */
  readonly unsent: number;
  /** It is carried out and the caller hears that it failed. */
  readonly lostReply: number;
  readonly slow: number;
  readonly hintLost: number;
  /** At one fault point. */
  readonly dies: number;
  readonly standsStill: number;
  /** Of a process, per minute. */
  readonly dieEachMinute: number;
  readonly stopEachMinute: number;
  readonly jumpEachMinute: number;
  readonly drainEachMinute: number;
  /** Of one call to the cloud. */
  readonly cloudTrouble: number;
  readonly operationFails: number;
  readonly operationHangs: number;
}

export const CALM: Weather = {
  unsent: 0,
  lostReply: 0,
  slow: 0,
  hintLost: 0,
  dies: 0,
  standsStill: 0,
  dieEachMinute: 0,
  stopEachMinute: 0,
  jumpEachMinute: 0,
  drainEachMinute: 0,
  cloudTrouble: 0,
  operationFails: 0,
  operationHangs: 0,
};

/** The most there is of each. */
const STORM: Weather = {
  unsent: 0.02,
  lostReply: 0.02,
  slow: 0.05,
  hintLost: 0.5,
  dies: 0.005,
  standsStill: 0.01,
  dieEachMinute: 0.2,
  stopEachMinute: 0.3,
  jumpEachMinute: 0.1,
  drainEachMinute: 0.15,
  cloudTrouble: 0.4,
  operationFails: 0.2,
  operationHangs: 0.05,
};

/** Each kind is absent in about half of all seeds. */
export function drawWeather(random: RandomSource): Weather {
  const drawn = Object.entries(STORM).map(([kind, most]: [string, number]) => [
    kind,
    random.chance(0.5) ? 0 : most * random.next(),
  ]);
  return Object.fromEntries(drawn) as unknown as Weather;
}
