/** Waiting for a signal to abort, for many at once. */

interface Listener {
  act: (reason: string) => void;
}

/** A signal searches all its listeners for each new one. So of all who wait for a signal only these sets are in its list. */
const waiting = new WeakMap<AbortSignal, Set<Listener>>();

const NOTHING = () => {};

/** Calls `act` once, at once when the signal has aborted already; the returned function calls that off. */
export function whenAborted(signal: AbortSignal | undefined, act: (reason: string) => void): () => void {
  if (signal === undefined) return NOTHING;
  if (signal.aborted) {
    act(reasonOf(signal));
    return NOTHING;
  }
  const listeners = waiting.get(signal) ?? listenTo(signal);
  const own: Listener = { act };
  listeners.add(own);
  return () => {
    listeners.delete(own);
    // Tables that a set has outgrown refer to the one that follows: what was in them lives on until the next full collection.
    own.act = NOTHING;
  };
}

function listenTo(signal: AbortSignal): Set<Listener> {
  const listeners = new Set<Listener>();
  waiting.set(signal, listeners);
  const tellAll = () => {
    waiting.delete(signal);
    for (const { act } of listeners) act(reasonOf(signal));
  };
  signal.addEventListener("abort", tellAll, { once: true });
  return listeners;
}

function reasonOf(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  if (typeof reason === "string") return reason;
  return reason instanceof Error && reason.name !== "AbortError" ? reason.message : "asked to stop";
}
