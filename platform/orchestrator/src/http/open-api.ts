/** Endpoints as an OpenAPI 3.1 document. */

import { PROBLEM_TYPE, problemSchema } from "@provisioning/api";
import * as z from "zod/mini";
import type { AnswerShape, Endpoint } from "./endpoint.js";

type Schema = Readonly<Record<string, unknown>>;

export async function openApiDocument(endpoints: readonly Endpoint[], version: string): Promise<Schema> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Provisioning",
      version,
      description: "Servers, the services on them and whole clusters, described in KCL: what the orchestrator does over HTTP.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://localhost:8080" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "The text of runtime/orchestrator/token." } },
      schemas: { Problem: schemaOf(problemSchema, "output") },
      responses: { Problem: { description: "What went wrong, and the next step.", content: problemContent } },
    },
  };
}

const problemContent = { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } };

function operationOf(endpoint: Endpoint): Schema {
  const { method, path, tag, summary, params, query, body, answers, isOpen, isBodyOptional } = endpoint;
  const isStream = Object.values(answers).some(({ type }) => type === "text/event-stream");
  const parameters = [
    ...parametersOf(params, "path"),
    ...parametersOf(query, "query"),
    ...(method === "POST" ? [IDEMPOTENCY_KEY] : []),
    ...(isStream ? [LAST_EVENT_ID] : []),
  ];
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[/:.]+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, "")}`,
    tags: [tag],
    summary,
    ...(isOpen === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: isBodyOptional !== true,
            content: { "application/json": { schema: schemaOf(body, "input") } },
          },
        }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      "4XX": { $ref: "#/components/responses/Problem" },
      ...("503" in answers ? {} : { "503": { $ref: "#/components/responses/Problem" } }),
    },
  };
}

function responseOf({ description, schema, type = "application/json" }: AnswerShape): Schema {
  return { description, content: { [type]: { schema: schema === undefined ? { type: "string" } : schemaOf(schema, "output") } } };
}

const IDEMPOTENCY_KEY = {
  name: "idempotency-key",
  in: "header",
  description: "Repeating a request with the same key does it once.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
};

const LAST_EVENT_ID = {
  name: "last-event-id",
  in: "header",
  description: "Goes on after this message.",
  schema: { type: "string" },
};

function parametersOf(schema: z.ZodMiniType | undefined, place: "path" | "query"): Schema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, of]) => ({ name, in: place, required: required.includes(name), schema: of }));
}

function schemaOf(schema: z.ZodMiniType, io: "input" | "output"): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any" });
  return rest;
}
