/** Tells takers of the queue that there may be something to take. */

export interface Waiting {
  readonly watch: (onWaiting: () => void) => () => void;
  tell(): void;
}

export function createWaiting(): Waiting {
  const listeners = new Set<() => void>();
  return {
    watch(onWaiting) {
      // Two who give the same function are told twice.
      const listener = () => onWaiting();
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell() {
      for (const listener of listeners) listener();
    },
  };
}
