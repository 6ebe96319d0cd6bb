/**
 * A disk for the one who holds the writer lock. Before anything is changed, and before a write counts as durable, it makes sure that nobody took
 * the lock meanwhile: a process that stood still for long, then wakes up in the midst of its work, neither harms what its successor
 * wrote nor acknowledges what its successor never saw.
 *
 * Between the look and the change it can still be stopped. So a successor begins a new file in the place of the one that the other has open,
 * and what a late write reaches is nobody's any more.
 */

import type { Disk, DiskFile } from "./disk.js";

export function guardedDisk(disk: Disk, assertHeld: () => void): Disk {
  /** What fails because somebody else tidied up is told as what it is. */
  const guarded = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    assertHeld();
    try {
      return await act();
    } finally {
      assertHeld();
    }
  };
  /** Looked at before what is written and after what is synced: nothing is acknowledged in between. */
  const file = (inner: DiskFile): DiskFile => ({
    async write(data, at) {
      assertHeld();
      try {
        await inner.write(data, at);
      } catch (error) {
        assertHeld();
        throw error;
      }
    },
    sync: () => inner.sync().finally(assertHeld),
    cut: (bytes, durable) => guarded(() => inner.cut(bytes, durable)),
    close: () => inner.close(),
  });
  return {
    ...disk,
    async openForWriting(path) {
      assertHeld();
      return file(await disk.openForWriting(path));
    },
    replace: (path, chunks, durable) => guarded(() => disk.replace(path, checked(chunks, assertHeld), durable)),
    rename: (path, to) => guarded(() => disk.rename(path, to)),
    remove: (path) => guarded(() => disk.remove(path)),
  };
}

/** Also before the new file gets its name. */
async function* checked(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  assertHeld: () => void,
): AsyncIterable<Uint8Array> {
  yield* chunks;
  assertHeld();
}
