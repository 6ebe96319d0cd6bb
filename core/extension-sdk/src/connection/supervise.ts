/** What every connection does with a running program: follow its lines, stop it on abort or time-out. */

import type { RunOptions, RunResult } from "./connection.js";
import { ProgramTimeoutError } from "./errors.js";
import { sessionOf } from "./termination.js";

/** One started program, whatever carries it. */
export interface StartedProgram {
  /** Settles when the program ended and its streams are read. */
  readonly ended: Promise<RunResult>;
  /** Ends the program and what it started; `session` is missing when it did not come to say it. Must let `ended` settle. */
  stop(session: number | undefined): Promise<void>;
}

/** Starts a program and waits for its end, or stops it. @throws the signal's reason, ProgramTimeoutError, or what `start` throws */
export async function supervise(
  description: string,
  options: RunOptions,
  start: (onLine: (line: string) => void) => Promise<StartedProgram>,
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  let session: number | undefined;
  const program = await start((line) => {
    session ??= sessionOf(line);
    options.onLine?.(line);
  });
  const stopped = stopRequest(description, options);
  try {
    const first = await Promise.race([program.ended, stopped.reason]);
    if (!("stop" in first)) return first;
    await program.stop(session);
    await program.ended.catch(() => undefined);
    throw first.stop;
  } finally {
    stopped.dispose();
  }
}

function stopRequest(description: string, { signal, timeoutMs }: RunOptions) {
  let resolve: (value: { stop: unknown }) => void;
  const reason = new Promise<{ stop: unknown }>((settle) => {
    resolve = settle;
  });
  const onAbort = () => resolve({ stop: signal?.reason });
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => resolve({ stop: new ProgramTimeoutError(description, timeoutMs) }), timeoutMs);
  return {
    reason,
    dispose() {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    },
  };
}
