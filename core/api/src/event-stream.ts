/** Server-sent events: one message as text (WHATWG HTML, section 9.2). */

export interface StreamMessage {
  /** What a client sends back as `Last-Event-ID` to go on after it. Absent: it is not told again. */
  readonly id?: string;
  readonly event: string;
  /** JSON on one line. */
  readonly data: string;
}

export const EVENT_STREAM_TYPE = "text/event-stream";

/** Keeps connections open through proxies; readers pass over it. */
export const KEEP_ALIVE = ": keep-alive\n\n";

export function encodeMessage({ id, event, data }: StreamMessage): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}
