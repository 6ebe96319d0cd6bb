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

/** A program names its session with its first line. One that has not begun by then has nothing to end. */
const SESSION_WAIT_MS = 2_000;
/** A program is gone after three seconds, however little it listens. A dead server must not keep a cancelled run waiting. */
const STOP_LIMIT_MS = 6_000;

/** Starts a program and waits for its end, or stops it. @throws the signal's reason, ProgramTimeoutError, or what `start` throws */
export async function supervise(
  description: string,
  options: RunOptions,
  start: (onLine: (line: string) => void) => Promise<StartedProgram>,
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const session = createSessionWatch();
  const stopped = stopRequest(description, options);
  const starting = start((line) => {
    session.see(line);
    options.onLine?.(line);
  });
  try {
    const first = await Promise.race([starting.then((program) => program.ended), stopped.reason]);
    if (!("stop" in first)) return first;
    await Promise.race([stop(starting, session), pause(STOP_LIMIT_MS)]);
    throw first.stop;
  } finally {
    stopped.dispose();
  }
}

async function stop(starting: Promise<StartedProgram>, session: SessionWatch): Promise<void> {
  const program = await starting.catch(() => undefined);
  if (!program) return;
  const ended = program.ended.catch(() => undefined);
  await Promise.race([session.known, ended, pause(SESSION_WAIT_MS)]);
  await program.stop(session.current());
  await ended;
}

interface SessionWatch {
  see(line: string): void;
  current(): number | undefined;
  readonly known: Promise<void>;
}

function createSessionWatch(): SessionWatch {
  let session: number | undefined;
  let settle: () => void = () => undefined;
  const known = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return {
    see(line) {
      session ??= sessionOf(line);
      if (session !== undefined) settle();
    },
    current: () => session,
    known,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
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
