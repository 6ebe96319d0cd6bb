/** `/ws` as the description of the interface tells it. */

import type { Schema } from "./schema-names.js";

export const webSocketOperation: Schema = {
  operationId: "getWs",
  tags: ["Events"],
  summary: "Events over a WebSocket, one JSON object a message: of all runs, or of one, which ends it.",
  parameters: [
    { name: "run", in: "query", required: false, description: "The run.", schema: { type: "string", maxLength: 100 } },
    {
      name: "after",
      in: "query",
      required: false,
      description: "Goes on after the message with this id.",
      schema: { type: "string", maxLength: 200 },
    },
  ],
  responses: {
    "101": { description: "The protocol is a WebSocket from now on." },
    "4XX": { $ref: "#/components/responses/Problem" },
    "5XX": { $ref: "#/components/responses/Problem" },
  },
};
