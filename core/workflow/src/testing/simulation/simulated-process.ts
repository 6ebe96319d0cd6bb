/**
 * A process that can be stopped, go on, and die, without a process. Nothing reaches it and nothing leaves it but through here: its clock,
 * and calls to what is outside. While it is stopped everything that comes for it waits; once dead, nothing of it ever happens again,
 * except what it had already sent.
 */

import type { Clock } from "@provisioning/model";
import type { World } from "./world.js";

export type ProcessStatus = "running" | "stopped" | "dead";

/** How one call to something outside goes. */
export interface Delivery<T> {
  /** Until it arrives. */
  readonly requestMs: number;
  /** Happens there, whatever became of the caller meanwhile. */
  readonly arrive: () => Promise<T>;
  /** Until the caller hears. */
  readonly replyMs: number;
  /** What the caller hears instead of the answer. */
  readonly instead?: Error;
}

export class SimulatedProcess {
  readonly clock: Clock;
  readonly #world: World;
  #status: ProcessStatus = "running";
  #skewMs: number;
  #backlog: (() => void)[] = [];
  /** Lets go of the signals that sleepers listen to: Node keeps some of these as long as somebody does. */
  readonly #deafen = new Set<() => void>();
  #disturbedAt = Number.NEGATIVE_INFINITY;
  #jumps = 0;

  constructor(
    world: World,
    readonly name: string,
    skewMs: number,
  ) {
    this.#world = world;
    world.processes.push(this);
    this.#skewMs = skewMs;
    this.clock = {
      now: () => this.#world.now + this.#skewMs,
      after: (ms, ring) => (this.#status === "dead" ? () => {} : this.deliver(ms, ring)),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  get status(): ProcessStatus {
    return this.#status;
  }

  /** When it last was hindered in any way. */
  get disturbedAt(): number {
    return this.#status === "stopped" ? this.#world.now : this.#disturbedAt;
  }

  /** How often its clock was set. */
  get jumps(): number {
    return this.#jumps;
  }

  disturb(): void {
    this.#disturbedAt = this.#world.now;
  }

  kill(why: string): void {
    if (this.#status === "dead") return;
    this.#world.note(this.name, `dies: ${why}`);
    this.end();
  }

  /** Without a word: the simulation is over. */
  end(): void {
    this.#status = "dead";
    this.#backlog = [];
    for (const deafen of this.#deafen) deafen();
    this.#deafen.clear();
  }

  /** Stands still for so long, as by SIGSTOP and SIGCONT. */
  stop(ms: number): void {
    if (this.#status !== "running") return;
    this.#world.note(this.name, `stands still for ${ms} ms`);
    this.#status = "stopped";
    this.#world.schedule(ms, () => this.wake());
  }

  wake(): void {
    if (this.#status !== "stopped") return;
    this.#world.note(this.name, "goes on");
    this.#status = "running";
    this.disturb();
    for (const act of this.#backlog.splice(0)) this.deliver(0, act);
  }

  /** Sets its clock; timers that run already are not touched, as on a real machine. */
  jump(ms: number): void {
    this.#world.note(this.name, `its clock jumps by ${ms} ms`);
    this.#skewMs += ms;
    this.#jumps += 1;
    this.#world.clockJumps += 1;
    this.disturb();
  }

  /** Lets something happen inside the process in `ms`; the returned function takes that back. */
  deliver(ms: number, act: () => void): () => void {
    let isTaken = false;
    const arrive = () => {
      if (isTaken || this.#status === "dead") return;
      if (this.#status === "stopped") this.#backlog.push(arrive);
      else act();
    };
    const cancel = this.#world.schedule(ms, arrive);
    return () => {
      isTaken = true;
      cancel();
    };
  }

  /** Calls something outside. Of a dead process: never settles. */
  call<T>({ requestMs, arrive, replyMs, instead }: Delivery<T>): Promise<T> {
    if (this.#status === "dead") return never();
    return new Promise<T>((resolve, reject) => {
      this.#world.schedule(requestMs, () => {
        arrive().then(
          (answer) => this.deliver(replyMs, () => (instead === undefined ? resolve(answer) : reject(instead))),
          (error: unknown) => this.deliver(replyMs, () => reject((instead ?? error) as Error)),
        );
      });
    });
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (this.#status === "dead") return never();
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        this.#deafen.delete(deafen);
        cancel();
        reject(signal?.reason as Error);
      };
      const deafen = () => signal?.removeEventListener("abort", onAbort);
      const cancel = this.deliver(ms, () => {
        this.#deafen.delete(deafen);
        deafen();
        resolve();
      });
      if (signal === undefined) return;
      this.#deafen.add(deafen);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

export function never<T>(): Promise<T> {
  return new Promise(() => {});
}
