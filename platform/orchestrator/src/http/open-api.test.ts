/** The description of the interface is valid in itself, and says what there is. */

import { Ajv2020 } from "ajv/dist/2020.js";
import { validate } from "@scalar/openapi-parser";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

let service: ServedWorkspace;
let text: string;
beforeAll(async () => {
  service = await serveWorkspace({ environment: { PROVISIONING_STORAGE_TYPE: "memory" } });
  ({ text } = await service.ask("/openapi.json"));
});
afterAll(() => service.close());

type Node = Readonly<Record<string, unknown>>;

/** Every object in it. */
function* nodesOf(value: unknown): Iterable<Node> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

it("is OpenAPI 3.1", async () => {
  const { valid, errors } = await validate(text);
  expect([valid, errors ?? []]).toEqual([true, []]);
});

it("has everything that it refers to, and refers to everything that it has", () => {
  const document = JSON.parse(text) as Node;
  const references = [...nodesOf(document)].flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref] : []));
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) {
    const [start, ...names] = reference.split("/");
    const found = names.reduce<unknown>((at, name) => (at as Node | undefined)?.[name], document);
    expect([reference, start, typeof found]).toEqual([reference, "#", "object"]);
  }
  const { schemas } = document.components as { schemas: Node };
  for (const name of Object.keys(schemas)) expect(references).toContain(`#/components/schemas/${name}`);
});

it("has schemas that are JSON Schema", () => {
  const { components } = JSON.parse(text) as { components: { schemas: Readonly<Record<string, Node>> } };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "https://provisioning.test/", components });
  for (const name of Object.keys(components.schemas)) {
    const check = ajv.getSchema(`https://provisioning.test/#/components/schemas/${name}`);
    expect([name, typeof check]).toEqual([name, "function"]);
  }
});

it("leaves nothing undescribed that is answered as JSON", () => {
  const { paths } = JSON.parse(text) as { paths: Readonly<Record<string, Readonly<Record<string, Node>>>> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const { responses } of Object.values(methods)) {
      for (const response of Object.values(responses as Readonly<Record<string, Node>>)) {
        const { schema } = ((response.content as Node | undefined)?.["application/json"] ?? { schema: { type: "?" } }) as {
          schema: Node;
        };
        expect([path, Object.keys(schema)]).not.toEqual([path, []]);
      }
    }
  }
});

it.each([
  ["/workflows/batch", "post", "#/components/schemas/WorkflowDef"],
  ["/workflows/{id}/status", "get", "#/components/schemas/RunReport"],
  ["/workflows/{id}/pause", "post", "#/components/schemas/RunReport"],
  ["/workflows/{id}/why", "get", "#/components/schemas/WhyReport"],
  ["/workflows", "get", "#/components/schemas/Task"],
  ["/workflows/servers/create", "post", "#/components/schemas/Plan"],
  ["/actions/{name}", "post", "#/components/schemas/Plan"],
  ["/ws", "get", "#/components/responses/Problem"],
])("describes %s", (path, method, reference) => {
  const { paths } = JSON.parse(text) as { paths: Readonly<Record<string, Readonly<Record<string, Node>>>> };
  const references = [...nodesOf(paths[path]?.[method])].map(({ $ref }) => $ref);
  expect(references).toContain(reference);
});
