/** What a task tells, from its log and then live, and how it ended. Readable again from any line. */

import type { StreamMessage } from "@provisioning/api";
import type { RunId } from "@provisioning/model";
import { untilEnded } from "../http/wait.js";
import type { TaskLine } from "../requests/request-handler.js";
import type { Service } from "../service.js";
import { runIn } from "../tasks.js";

/** @param after the number of the last line that the reader has */
export async function* taskEvents(
  service: Service,
  id: RunId,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamMessage[]> {
  const watching = new AbortController();
  const stop = AbortSignal.any([signal, watching.signal]);
  const ending = untilEnded(service, id, stop);
  ending.then(
    () => watching.abort(),
    () => watching.abort(),
  );
  let last = after;
  try {
    const opened = await service.logs.open(id);
    try {
      if (after > opened.log.last) {
        yield [{ event: "gap", data: JSON.stringify({ after, last: opened.log.last, reason: "the log begins anew" }) }];
        last = 0;
      }
      for await (const lines of opened.log.follow(last, stop)) {
        yield lines.map(({ number, text }) => messageOf(number, text));
        last = lines.at(-1)?.number ?? last;
      }
      // It has ended: what was written until then is all there is.
      while (!signal.aborted && last < opened.log.last) {
        for await (const lines of opened.log.follow(last, AbortSignal.any([signal, AbortSignal.timeout(REST_MS)]))) {
          yield lines.map(({ number, text }) => messageOf(number, text));
          last = lines.at(-1)?.number ?? last;
          if (last >= opened.log.last) break;
        }
      }
    } finally {
      await opened.release();
    }
    const ended = await ending;
    if (ended === undefined || signal.aborted) return;
    const { status, result, error } = ended;
    const isAnswered = result !== undefined || error === undefined;
    const run = runIn(result as never);
    yield [
      {
        event: "end",
        data: JSON.stringify({ status, ...(run === undefined ? {} : { run }), ...(isAnswered ? { result } : { error }) }),
      },
    ];
  } finally {
    watching.abort();
  }
}

/** For the lines that are in the file already. */
const REST_MS = 10_000;

function messageOf(number: number, text: string): StreamMessage {
  const { event, data } = JSON.parse(text) as TaskLine;
  return { id: String(number), event, data: JSON.stringify(data) };
}
