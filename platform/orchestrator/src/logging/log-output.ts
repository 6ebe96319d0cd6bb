/**
 * Where the lines of the log go: standard output. When that is the service's log file, which grows as long as the service lives, it is
 * rotated by size: `orchestrator.log` becomes `orchestrator.log.1`, that one `.2`, and the oldest goes. Terminals, pipes and journals are
 * left alone.
 */

import { fstatSync, statSync } from "node:fs";
import { putAside, type Rotation } from "@provisioning/config";
import { type DestinationStream, destination } from "pino";

/** Between two looks at the size: what is written meanwhile is beyond the limit. */
const LOOK_MS = 1_000;
const FLUSH_MS = 100;
const STDOUT = 1;
const BUFFER_BYTES = 4096;
const FILE_MODE = 0o600;

export class LogOutput implements DestinationStream {
  #out = destination({ fd: STDOUT, sync: false, minLength: BUFFER_BYTES });

  constructor() {
    setInterval(() => this.#out.flush(), FLUSH_MS).unref();
  }

  write(line: string): void {
    this.#out.write(line);
  }

  /** Everything written so far is with the system when it returns. */
  flushSync(): void {
    this.#out.flushSync();
  }

  /** Keeps the file small from now on, if standard output is that file. What cannot be moved is told to `onTrouble` and tried again. */
  rotate(rotation: Rotation, onTrouble: (error: unknown) => void, lookMs = LOOK_MS): void {
    if (!isStdout(rotation.file)) return;
    this.#out.flushSync();
    const out = destination({ dest: rotation.file, append: true, mode: FILE_MODE, sync: false, minLength: BUFFER_BYTES });
    // A log that cannot be written ends no service.
    out.on("error", () => {});
    this.#out = out;
    let isBusy = false;
    const looking = setInterval(async () => {
      if (isBusy) return;
      isBusy = true;
      try {
        if (await putAside(rotation)) out.reopen();
      } catch (error) {
        onTrouble(error);
      } finally {
        isBusy = false;
      }
    }, lookMs);
    looking.unref();
  }
}

function isStdout(file: string): boolean {
  try {
    const [named, own] = [statSync(file), fstatSync(STDOUT)];
    return named.isFile() && named.ino === own.ino && named.dev === own.dev;
  } catch {
    return false;
  }
}
