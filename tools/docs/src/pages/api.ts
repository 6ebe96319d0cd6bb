/** The reference of the service's interface. */

import { table } from "./table.js";

export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

interface ApiOperation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

const INTRO = `# The interface of the service

What the [service](../user/how-to/run-the-service.md) answers over HTTP. This page and [openapi.json](openapi.json), which has every field, are made
from what it serves (\`npm run docs\` writes them); a running service gives the same under \`/openapi.json\`, and a page for people under \`/docs\`.

- Everything but \`/health\` needs the header \`authorization: Bearer TOKEN\`, with the text of \`runtime/orchestrator/token\`.
- What goes wrong is answered with problem details (\`application/problem+json\`): \`error.code\` is an [error code](../user/reference/errors.md),
  \`error.hint\` the next step, \`errors\` the findings with their places, \`traceId\` the trace for \`provisioning trace\`.
- What changes something is accepted with 202 and links, and is done whatever happens to the service. With \`wait\` it is answered when it has
  ended. The same \`idempotency-key\` again within a day is the same request and gets the same answer; with another path or body it is refused
  with 409.
- Streams (\`text/event-stream\`) go on after the header \`last-event-id\`; what is not kept any more is told as the event \`gap\`.
- \`/ws\` gives the events of all runs over a WebSocket, \`/ws?run=ID\` those of one, \`after=ID\` goes on after a message.
`;

export function apiPage({ paths }: ApiDescription): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { tags, summary, responses }]) => ({
      tag: tags[0] ?? "",
      row: [
        `\`${method.toUpperCase()} ${path}\``,
        summary,
        Object.keys(responses)
          .filter((status) => /^\d/.test(status) && status < "4")
          .join(", "),
      ],
    })),
  );
  const tags = [...new Set(rows.map(({ tag }) => tag))];
  const parts = tags.map((tag) => {
    const own = rows.filter((one) => one.tag === tag).map(({ row }) => row);
    return `## ${tag}\n\n${table(["request", "what it does", "answers"], own)}\n`;
  });
  return [INTRO, ...parts].join("\n");
}

export function apiDocument(description: ApiDescription): string {
  return `${JSON.stringify(description, null, 2)}\n`;
}
