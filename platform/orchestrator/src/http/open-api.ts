/** Endpoints as an OpenAPI 3.1 document. */

import { join } from "node:path";
import { workflowSchemas } from "@provisioning/actions";
import { PROBLEM_TYPE, problemSchema } from "@provisioning/api";
import type { ZodMiniType } from "zod/mini";
import type { AnswerShape, Endpoint } from "./endpoint.js";
import { referTo, type Schema, SchemaNames } from "./schema-names.js";
import { webSocketOperation } from "./web-socket-operation.js";

export interface DescribedInterface {
  readonly endpoints: readonly Endpoint[];
  readonly version: string;
  /** The platform's schemas. */
  readonly kclDir: string;
}

export async function openApiDocument({ endpoints, version, kclDir }: DescribedInterface): Promise<Schema> {
  const names = await SchemaNames.open(await workflowSchemas(join(kclDir, "workflows.k"), referTo));
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint, names) };
  }
  paths["/ws"] = { get: webSocketOperation };
  names.of(problemSchema, "output");
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
      schemas: names.components,
      responses: { Problem: { description: "What went wrong, and the next step.", content: problemContent } },
    },
  };
}

const problemContent = { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } };

function operationOf(endpoint: Endpoint, names: SchemaNames): Schema {
  const { method, path, tag, summary, params, query, body, answers, isOpen, isBodyOptional } = endpoint;
  const isStream = Object.values(answers).some(({ type }) => type === "text/event-stream");
  const parameters = [
    ...parametersOf(params, "path", names),
    ...parametersOf(query, "query", names),
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
            content: { "application/json": { schema: bodyOf(endpoint, body, names) } },
          },
        }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, names)])),
      "4XX": { $ref: "#/components/responses/Problem" },
      "5XX": { $ref: "#/components/responses/Problem" },
    },
  };
}

/** A definition of a workflow goes with the fields that say how it is carried out. */
function bodyOf({ definition }: Endpoint, body: ZodMiniType, names: SchemaNames): Schema {
  if (definition === undefined) return names.of(body, "input");
  const { schema, besides, otherwise } = definition;
  return { anyOf: [names.of(otherwise, "input"), { allOf: [{ $ref: referTo(schema) }, names.of(besides, "input")] }] };
}

function responseOf({ description, schema, actions, type = "application/json" }: AnswerShape, names: SchemaNames): Schema {
  const outputs = actions === "any" ? [names.anyOutput] : (actions ?? []).map((name) => names.outputOf(name));
  const all = [...outputs, ...(schema === undefined ? [] : [names.of(schema, "output")])];
  const [only = { type: "string" }, ...others] = all;
  return { description, content: { [type]: { schema: others.length === 0 ? only : { anyOf: all } } } };
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

function parametersOf(schema: ZodMiniType | undefined, place: "path" | "query", names: SchemaNames): Schema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = names.of(schema, "input") as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, of]) => ({ name, in: place, required: required.includes(name), schema: of }));
}
