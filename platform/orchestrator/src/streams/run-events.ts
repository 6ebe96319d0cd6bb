/** The recorded events of a run, from any version on, and then as they become durable. Numbers are versions: nothing is told twice or left out. */

import type { StreamMessage } from "@provisioning/api";
import type { RunEvent, RunId } from "@provisioning/model";
import type { Storage } from "@provisioning/storage";
import { isEnded, replay } from "@provisioning/workflow";

const LOOK_AGAIN_MS = 5_000;

/** Ends after the run has. @param after the version that the reader has. @throws RunNotFoundError */
export async function* runEvents(
  storage: Storage,
  id: RunId,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamMessage[]> {
  let version = after;
  let wake = () => {};
  let isBehind = true;
  const stopWatching = storage.runs.watch(() => {
    isBehind = true;
    wake();
  }, id);
  const look = setInterval(() => {
    isBehind = true;
    wake();
  }, LOOK_AGAIN_MS);
  signal.addEventListener("abort", () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      if (isBehind) {
        isBehind = false;
        const stored = await storage.runs.load(id);
        if (version > stored.version) {
          yield [{ event: "gap", data: JSON.stringify({ after: version, last: stored.version }) }];
          version = 0;
        }
        const news = stored.events.slice(version);
        if (news.length > 0) {
          yield news.map((event, index) => messageOf(version + index + 1, event));
          version = stored.version;
        }
        if (isEnded(replay(stored.events))) return;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    clearInterval(look);
    stopWatching();
  }
}

function messageOf(version: number, event: RunEvent): StreamMessage {
  return { id: String(version), event: event.type, data: JSON.stringify(event) };
}
