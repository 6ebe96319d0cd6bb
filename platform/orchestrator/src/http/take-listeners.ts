/** Puts something in front of what a server does with an event. */

import type { Server } from "node:http";

/** Calls those who listened until now, and who do not any more. */
export function takeListeners<Listener extends (...given: never[]) => void>(
  server: Server,
  event: string,
): (...given: Parameters<Listener>) => void {
  const listeners = server.listeners(event) as Listener[];
  server.removeAllListeners(event);
  return (...given) => {
    for (const listener of listeners) listener.call(server, ...given);
  };
}
