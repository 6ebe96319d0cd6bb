/** The streams that are open, of events, logs and WebSockets together: no more than the configuration allows. */

import { ProvisioningError } from "@provisioning/model";

export interface StreamMeter {
  streamOpened(): void;
  streamClosed(): void;
}

export class Streams {
  readonly #most: number;
  readonly #meter: StreamMeter;
  #open = 0;

  constructor(most: number, meter: StreamMeter) {
    this.#most = most;
    this.#meter = meter;
  }

  /** @throws ProvisioningError STREAMS_FULL */
  assertRoom(): void {
    if (this.#open < this.#most) return;
    throw new ProvisioningError({
      code: "STREAMS_FULL",
      message: `${this.#most} streams are open already.`,
      hint: "Close some, or raise orchestrator.max_streams.",
      retry: "later",
    });
  }

  /** Gives what is called when the stream is over. @throws ProvisioningError STREAMS_FULL */
  enter(): () => void {
    this.assertRoom();
    this.#open += 1;
    this.#meter.streamOpened();
    return () => {
      this.#open -= 1;
      this.#meter.streamClosed();
    };
  }
}
