/** Changes of infras in one process: of each infra one at a time, the smallest rank first. */

import type { InfraName } from "@provisioning/model";

interface Waiting {
  readonly rank: number;
  readonly goOn: () => void;
}

export class InfraTurns {
  readonly #waiting = new Map<InfraName, Waiting[]>();

  /** Resolves when it is the caller's turn; what it gives ends that. @throws the reason of `signal` */
  async take(infra: InfraName, { rank, signal }: { readonly rank: number; readonly signal: AbortSignal }): Promise<() => void> {
    signal.throwIfAborted();
    const queue = this.#waiting.get(infra);
    if (queue === undefined) this.#waiting.set(infra, []);
    else await wait(queue, rank, signal);
    let isOver = false;
    return () => {
      if (!isOver) this.#next(infra);
      isOver = true;
    };
  }

  isTaken(infra: InfraName): boolean {
    return this.#waiting.has(infra);
  }

  #next(infra: InfraName): void {
    const queue = this.#waiting.get(infra) ?? [];
    const first = queue.reduce<Waiting | undefined>(
      (best, one) => (best === undefined || one.rank < best.rank ? one : best),
      undefined,
    );
    if (first === undefined) this.#waiting.delete(infra);
    else {
      queue.splice(queue.indexOf(first), 1);
      first.goOn();
    }
  }
}

function wait(queue: Waiting[], rank: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      queue.splice(queue.indexOf(own), 1);
      reject(signal.reason as Error);
    };
    const own: Waiting = {
      rank,
      goOn() {
        signal.removeEventListener("abort", giveUp);
        resolve();
      },
    };
    queue.push(own);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}
