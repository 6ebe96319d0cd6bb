/**
 * One simulation: workers, people, a shared store, a cloud and their clocks, everything from one seed.
 *
 * First comes the rough part: processes die, stand still, lose answers; people ask for things at random moments. Then all faults end,
 * and after enough time for everything to come to its end the judge looks at what is left.
 */

import { ProvisioningError } from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import { SimulatedCloud } from "../simulated-cloud.js";
import { Judge } from "./judge.js";
import { isExpected, People, WISHES } from "./people.js";
import type { PlantedBug } from "./planted-bug.js";
import { randomSlots } from "./random-run.js";
import type { SimulatedProcess } from "./simulated-process.js";
import {
  type EngineProcess,
  startEngineProcess,
  startWorkerProcess,
  type Surroundings,
  type WorkerProcess,
} from "./simulated-worker.js";
import { CALM, drawWeather, type Weather } from "./weather.js";
import { SIMULATION_START, World } from "./world.js";

export interface SimulationOptions {
  readonly seed: number;
  readonly bug?: PlantedBug;
}

export interface SimulationReport {
  readonly seed: number;
  /** What was broken; absent when everything held. */
  readonly broken?: string;
  readonly log: readonly string[];
  /** SHA-256 of the log. */
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly runs: number;
  readonly deaths: number;
}

/** After the faults: everything must come to its end within this time. */
const QUIET_MS = 6 * 3_600_000;
const MINUTE = 60_000;
const LONGEST_STANDSTILL_MS = 120_000;
const LONGEST_JUMP_MS = 600_000;
const LONGEST_RESTART_MS = 60_000;
/** More events than any simulation needs that comes to an end. */
const MAX_EVENTS = 200_000;

export async function simulate({ seed, bug }: SimulationOptions): Promise<SimulationReport> {
  const simulation = new Simulation(seed, bug);
  let broken: string | undefined;
  try {
    await simulation.run();
  } catch (error) {
    broken = error instanceof Error ? describe(error) : String(error);
  }
  simulation.end();
  return { seed, ...(broken === undefined ? {} : { broken }), ...simulation.facts() };
}

class Simulation {
  readonly #world: World;
  readonly #judge: Judge;
  readonly #surroundings: Surroundings;
  readonly #people: People;
  readonly #rough: Weather;
  #weather: Weather;
  readonly #workers: (WorkerProcess | undefined)[] = [];
  readonly #starts: number[] = [];
  #desks: EngineProcess[] = [];
  #deaths = 0;

  constructor(seed: number, bug: PlantedBug | undefined) {
    const world = new World(seed);
    const { random } = world;
    const cloud = new SimulatedCloud({ now: () => world.now, random: random.next, unlistedMs: random.pick([0, 5_000, 60_000]) });
    this.#world = world;
    this.#judge = new Judge(world, cloud);
    this.#rough = drawWeather(random);
    this.#weather = this.#rough;
    this.#surroundings = {
      world,
      judge: this.#judge,
      cloud,
      storage: openMemoryStorage({ clock: { now: () => world.now, after: neverAsleep, sleep: neverAsleep } }),
      weather: () => this.#weather,
      bug,
    };
    this.#people = new People({
      world,
      judge: this.#judge,
      slots: randomSlots(random),
      maxOperations: random.pick([3, 6, 6, 10]),
    });
  }

  facts(): Omit<SimulationReport, "seed" | "broken"> {
    const world = this.#world;
    return {
      log: world.log,
      hash: world.logHash,
      events: world.happened,
      virtualMs: world.now - SIMULATION_START,
      runs: this.#judge.runs.size,
      deaths: this.#deaths,
    };
  }

  end(): void {
    for (const process of this.#world.processes) process.end();
  }

  async run(): Promise<void> {
    const world = this.#world;
    const { random } = world;
    const roughMs = random.int(1, 6) * MINUTE;
    const workers = random.int(1, 3);
    for (let place = 0; place < workers; place += 1) this.#startWorker(place);
    for (let place = 0; place < random.int(1, 2); place += 1) this.#openDesk(place);
    this.#planWishes(roughMs);
    this.#planTroubles(roughMs);
    const quietAt = world.now + roughMs;
    await world.run(() => world.now >= quietAt);
    this.#calmDown();
    const until = world.now + QUIET_MS;
    await world.run(() => this.#isOver(until));
    await this.#judge.finish(this.#surroundings.storage);
    await this.#stopAll();
    await world.run(() => true);
  }

  #isOver(until: number): boolean {
    const { happened, now } = this.#world;
    if (happened > MAX_EVENTS) this.#judge.broken(`it does not come to an end: ${happened} events`);
    return this.#judge.areAllSettled || now >= until;
  }

  #startWorker(place: number): void {
    const { world } = this.#surroundings;
    const number = (this.#starts[place] ?? 0) + 1;
    this.#starts[place] = number;
    const onError = (error: unknown) => {
      world.note(`worker-${place}`, `error: ${error instanceof ProvisioningError ? error.code : String(error)}`);
      if (!isExpected(error)) world.fail(error);
    };
    this.#workers[place] = startWorkerProcess(this.#surroundings, `worker-${place}.${number}`, onError);
  }

  #openDesk(place: number): void {
    const desk = startEngineProcess(this.#surroundings, `desk-${place}.${this.#desks.length}`);
    this.#desks[place] = desk;
  }

  #planWishes(roughMs: number): void {
    const world = this.#world;
    const { random } = world;
    const submissions = random.int(1, 5);
    const wishes = random.chance(0.3) ? 0 : random.int(1, random.pick([5, 12, 30]));
    for (let count = 0; count < submissions; count += 1) {
      world.schedule(random.int(0, roughMs / 2), () => this.#atDesk((desk) => this.#people.submit(desk)));
    }
    for (let count = 0; count < wishes; count += 1) {
      const wish = random.weighted(WISHES);
      const at = random.int(0, roughMs);
      world.schedule(at, () => this.#atDesk((desk) => this.#people.ask(desk, wish)));
      if (random.chance(0.2))
        world.schedule(at + random.int(0, 10), () =>
          this.#atDesk((desk) => this.#people.askAgain(desk, random.weighted(WISHES))),
        );
    }
  }

  /** Nobody sits at a desk that stands still; one that died is replaced. */
  #atDesk(act: (desk: EngineProcess) => Promise<void>): void {
    const place = this.#world.random.int(0, this.#desks.length - 1);
    if (this.#desks[place]?.process.status === "dead") this.#openDesk(place);
    const desk = this.#desks[place] as EngineProcess;
    desk.process.deliver(0, () => void act(desk));
  }

  #planTroubles(roughMs: number): void {
    const world = this.#world;
    for (let at = 0; at < roughMs; at += MINUTE / 6) world.schedule(at, () => this.#trouble());
  }

  /** Every ten seconds. */
  #trouble(): void {
    const { random } = this.#world;
    const { dieEachMinute, stopEachMinute, jumpEachMinute, drainEachMinute } = this.#weather;
    this.#workers.forEach((started, place) => {
      if (started === undefined) return;
      const { process } = started;
      if (random.chance(dieEachMinute / 6)) process.kill("killed");
      if (random.chance(stopEachMinute / 6)) process.stop(random.int(0, LONGEST_STANDSTILL_MS));
      if (random.chance(jumpEachMinute / 6)) process.jump(random.int(-LONGEST_JUMP_MS, LONGEST_JUMP_MS));
      if (random.chance(drainEachMinute / 6)) this.#drain(place, started);
      if (process.status === "dead") this.#restart(place);
    });
    for (const { process } of this.#desks)
      if (random.chance(stopEachMinute / 6)) process.stop(random.int(0, LONGEST_STANDSTILL_MS));
  }

  #restart(place: number): void {
    this.#deaths += 1;
    this.#workers[place] = undefined;
    this.#world.schedule(this.#world.random.int(0, LONGEST_RESTART_MS), () => this.#startWorker(place));
  }

  #drain(place: number, { process, worker, slots }: WorkerProcess): void {
    if (process.status !== "running") return;
    this.#world.note(process.name, "is told to drain");
    worker.drain().then(
      () => this.#drained(place, process, slots.views().length),
      (error: unknown) => this.#world.fail(error),
    );
  }

  #drained(place: number, process: SimulatedProcess, heldSlots: number): void {
    if (heldSlots > 0) this.#judge.broken(`${process.name} has stopped and holds ${heldSlots} slots`);
    process.kill("drained");
    if (this.#workers[place]?.process === process) this.#restart(place);
  }

  /** Whoever is stopped goes on, whoever is dead is replaced, and nothing goes wrong any more. */
  #calmDown(): void {
    this.#world.note("world", "all faults are over");
    this.#weather = CALM;
    this.#workers.forEach((started, place) => {
      started?.process.wake();
      if (started?.process.status === "dead") this.#restart(place);
    });
    for (const { process } of this.#desks) process.wake();
  }

  /** Held places of limits are places of somebody who works. */
  async #stopAll(): Promise<void> {
    const draining = this.#workers.flatMap((started) =>
      started === undefined || started.process.status === "dead" ? [] : [started],
    );
    let left = draining.length;
    for (const { worker } of draining)
      worker.drain().then(
        () => (left -= 1),
        (error: unknown) => this.#world.fail(error),
      );
    const until = this.#world.now + QUIET_MS;
    await this.#world.run(() => left === 0 || this.#world.now >= until);
    if (left > 0) this.#judge.broken(`${left} workers do not stop`);
    for (const { process, slots } of draining) {
      const held = slots.views().length;
      if (held > 0) this.#judge.broken(`${process.name} has stopped and holds ${held} slots`);
    }
  }
}

function describe(error: Error): string {
  return error.name === "InvariantBroken" ? error.message : `${error.name}: ${error.stack ?? error.message}`;
}

function neverAsleep(): never {
  throw new Error("the store sleeps");
}
