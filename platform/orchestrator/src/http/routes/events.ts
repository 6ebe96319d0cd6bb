/** What happens to all runs, live. */

import type { Service } from "../../service.js";
import type { EventHub } from "../../streams/event-hub.js";
import { defineEndpoint, type Endpoint } from "../endpoint.js";
import { eventStream } from "../parts.js";

export function eventEndpoints(service: Service, hub: EventHub): Endpoint[] {
  return [
    defineEndpoint({
      method: "GET",
      path: "/events",
      tag: "Events",
      summary: "Events of all runs from now on, or after `Last-Event-ID`; what is missing is told as a gap.",
      answers: { 200: eventStream },
      serve: async ({ lastEventId, gone }) => ({ messages: hub.follow(lastEventId, AbortSignal.any([gone, service.release])) }),
    }),
  ];
}
