/**
 * Requests that change something and are under way at the same time: more would only make each other, and everybody who looks, wait. Who is turned
 * away costs as little as can be, because then there are many of them: nothing of the request is read but its method.
 */

import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { PROBLEM_TYPE } from "@provisioning/api";
import { ProvisioningError } from "@provisioning/model";
import { RETRY_AFTER, toProblem } from "./errors.js";
import { FewATurn } from "./few-a-turn.js";
import { takeListeners } from "./take-listeners.js";

/**
 * Who is told at once, and does not heed when to come again, is back at once: several hundred of such would take the time of those who are inside. Not
 * all are told after the same time, or all would be back together.
 */
const TURNED_AWAY_AFTER_MS = { least: 300, most: 700 };

/**
 * In a crowd, those who are let in begin this many in each turn of the event loop: begun together they would also go on together, and
 * who only looks would wait for all of them. Nobody is held back otherwise, because together they cost less.
 */
const BEGIN_IN_A_TURN = 4;
/** The first ones of a process take several times as long: Node has not compiled yet what they need. They begin one by one. */
const FIRST_ONES = 300;
/** After the last one was turned away, or many came at once. */
const CROWDED_MS = 1_000;

/**
 * Noted on the answer itself: the tables that a set outgrows refer to those after them, and so to everybody who was ever inside, until memory is
 * collected as a whole.
 */
const INSIDE = Symbol("inside");
type Counted = ServerResponse & { [INSIDE]?: boolean };

export class Turnstile {
  readonly #most: number;
  #inside = 0;
  readonly #busy: string;
  readonly #begin = new FewATurn(() => (this.#begun < FIRST_ONES ? 1 : BEGIN_IN_A_TURN));
  #begun = 0;
  #crowdedUntil = 0;

  constructor(most: number) {
    this.#most = most;
    this.#busy = JSON.stringify(toProblem(busy(most), {}));
  }

  /** To be asked before `enter`. */
  get isFull(): boolean {
    return this.#inside >= this.#most;
  }

  enter(answer: Counted): void {
    if (isInside(answer)) return;
    answer[INSIDE] = true;
    this.#inside += 1;
    answer.once("close", () => this.leave(answer));
  }

  /** Many came at once: those who are let in begin a few at a time. */
  expectCrowd(): void {
    this.#crowdedUntil = performance.now() + CROWDED_MS;
  }

  /** Those of a crowd who have not begun yet do not, until they are let go on. */
  hold(isHeld: boolean): void {
    this.#begin.hold(isHeld);
  }

  /** What only waits from now on is in nobody's way. */
  leave(answer: Counted): void {
    if (!isInside(answer)) return;
    answer[INSIDE] = false;
    this.#inside -= 1;
  }

  /** In front of whatever the server does with requests. `onTurnedAway` is told of each answer, in seconds after the request. */
  guard(server: Server, onTurnedAway: (seconds: number) => void): void {
    const serve = takeListeners<RequestListener>(server, "request");
    const admit = (request: IncomingMessage, answer: ServerResponse) => {
      this.#begun += 1;
      if (this.isFull) this.#turnAwayLater(answer, onTurnedAway);
      else serve(request, answer);
    };
    server.on("request", (request, answer) => {
      if (request.method !== "POST") serve(request, answer);
      else if (performance.now() < this.#crowdedUntil) this.#begin.add(() => admit(request, answer));
      else admit(request, answer);
    });
  }

  #turnAwayLater(answer: ServerResponse, onTurnedAway: (seconds: number) => void): void {
    this.expectCrowd();
    const { least, most } = TURNED_AWAY_AFTER_MS;
    const ms = least + Math.random() * (most - least);
    const turnAway = () => {
      this.#turnAway(answer);
      onTurnedAway(ms / 1000);
    };
    setTimeout(turnAway, ms).unref();
  }

  #turnAway(answer: ServerResponse): void {
    if (answer.destroyed) return;
    answer.writeHead(429, {
      "content-type": PROBLEM_TYPE,
      "content-length": Buffer.byteLength(this.#busy),
      "retry-after": RETRY_AFTER,
    });
    answer.end(this.#busy);
  }
}

function isInside(answer: Counted): boolean {
  return answer[INSIDE] === true;
}

function busy(most: number): ProvisioningError {
  return new ProvisioningError({
    code: "SERVICE_BUSY",
    message: `${most} requests are under way already.`,
    hint: "Send it again in a moment.",
    retry: "now",
  });
}
