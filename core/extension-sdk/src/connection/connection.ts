/** A way to run programs on a machine: over SSH, or on this machine itself. */

/** What a program may print before a newline; a longer line is cut. A report of an output of 64 KiB fits many times over. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** How much of standard error is kept for operators. */
export const STDERR_TAIL_BYTES = 16 * 1024;

export interface RunOptions {
  /** Ends the program with everything it started, then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Each line of standard output, as it arrives. */
  readonly onLine?: (line: string) => void;
  /** For the whole program. Ends it like an abort, then rejects with `PROGRAM_TIMEOUT`. Default: none. */
  readonly timeoutMs?: number;
}

export interface RunResult {
  /** Exit status; 128 + number for a signal. */
  readonly exit: number;
  readonly stderrTail: string;
}

export interface Connection {
  /** For people and logs: "root@10.0.0.4:22" or "this machine". */
  readonly description: string;
  /** Programs sent so far, those that end other programs included. */
  readonly roundTrips: number;
  /**
   * Sends a POSIX sh program to the machine and waits for its end. Several may run at once.
   * @throws ProvisioningError `CONNECTION_LOST` when the connection breaks: the program may have done any part of its work
   */
  run(program: string, options?: RunOptions): Promise<RunResult>;
  /** False after `close` or a loss. */
  readonly isOpen: boolean;
  /** Ends what still runs, as an abort does, and waits for it; then it rejects with `CONNECTION_LOST`. */
  close(): Promise<void>;
}
