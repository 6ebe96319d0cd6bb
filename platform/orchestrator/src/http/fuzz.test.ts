/**
 * Requests made from the description of the interface: such as fit it, such as nearly fit, and rubbish. Nothing may fail inside, every answer must
 * be one that is described, in its status, its type and every field. `FUZZ_REQUESTS=100000 FUZZ_SEED=7` makes it longer and other.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ValidateFunction, Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1_500);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
/** Streams do not end. */
const ENDLESS = new Set(["/events"]);

type Schema = {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
};
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

let service: ServedWorkspace;
let components: Description["components"];
let operations: readonly (readonly [string, string, Operation])[];

beforeAll(async () => {
  service = await serveWorkspace({ environment: { PROVISIONING_STORAGE_TYPE: "memory" } });
  // Nothing can come of what is asked for: there are no servers.
  const empty =
    'import provisioning.settings as cfg\n\nsettings: cfg.Settings = {\n    infra = {name = "small", provider = "local"}\n}\n';
  await writeFile(join(service.workspace, "infra/small/main.k"), empty);
  const description = (await service.ask("/openapi.json")).json<Description>();
  ({ components } = description);
  ajv.addSchema({ $id: BASE, components });
  operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    ENDLESS.has(path)
      ? []
      : Object.entries(methods).map(([method, operation]) => [method.toUpperCase(), path, operation] as const),
  );
});
afterAll(() => service.close());

class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

const TEXTS = [
  "",
  "small",
  "last",
  "a",
  "web-01",
  "../x",
  "' OR 1=1",
  "\0",
  "é😀",
  "{{7*7}}",
  "$(id)",
  "__proto__",
  "x".repeat(2_000),
  "1",
  "-1",
];
const ODD: readonly unknown[] = [null, true, 0, -1, 1e300, "", "text", [], {}, [[[]]], { a: { b: null } }];

function valueOf(schema: Schema, chance: Chance, depth = 0): unknown {
  if (chance.next() < 0.06) return chance.pick(ODD);
  if (schema.$ref !== undefined) return depth > 8 ? null : valueOf(named(schema.$ref), chance, depth + 1);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((one) => valueOf(one, chance, depth + 1)));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return chance.pick(schema.enum);
  if (schema.anyOf !== undefined) return depth > 4 ? null : valueOf(chance.pick(schema.anyOf), chance, depth + 1);
  switch (schema.type) {
    case "string":
      return chance.pick(TEXTS);
    case "boolean":
      return chance.next() < 0.5;
    case "integer":
    case "number":
      return chance.pick([0, 1, 2, 50, -1, 2 ** 31, 1.5]);
    case "array":
      return Array.from({ length: chance.below(4) }, () => valueOf(schema.items ?? {}, chance, depth + 1));
    case "object":
      return objectOf(schema, chance, depth);
    default:
      return chance.pick(ODD);
  }
}

function objectOf({ properties = {}, required = [] }: Schema, chance: Chance, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, of] of Object.entries(properties)) {
    if (chance.next() < (required.includes(name) ? 0.95 : 0.5)) made[name] = valueOf(of, chance, depth + 1);
  }
  // Nobody waits for an hour, and nothing is asked that somebody has to answer.
  delete made.wait;
  delete made.approve;
  if (chance.next() < 0.05) made[chance.pick(TEXTS)] = chance.pick(ODD);
  return made;
}

function bodyOf(schema: Schema, chance: Chance): string {
  const text = JSON.stringify(valueOf(schema, chance)) ?? "null";
  const luck = chance.next();
  if (luck < 0.04) return text.slice(0, chance.below(text.length));
  if (luck < 0.06) return "[".repeat(5_000);
  return luck < 0.07 ? "\u0000\u0001" : text;
}

const BASE = "https://provisioning.test/";
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const checks = new WeakMap<Schema, ValidateFunction>();

function named(reference: string): Schema {
  return components.schemas[reference.split("/").at(-1) ?? ""] ?? {};
}

function checkOf(schema: Schema): ValidateFunction {
  const made = checks.get(schema) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${BASE}#/`)) as object);
  checks.set(schema, made);
  return made;
}

/** What is not as it is described; nothing when all is well. */
function differenceOf({ status, headers, text }: Answer, { responses }: Operation): string | undefined {
  const kind = `${Math.floor(status / 100)}XX`;
  const found = responses[String(status)] ?? responses[kind];
  if (found === undefined || status === 500) return "the status is not described";
  const { content = {} } = components.responses[found.$ref?.split("/").at(-1) ?? ""] ?? found;
  const type = String(headers["content-type"] ?? "");
  const [, { schema } = { schema: undefined }] =
    Object.entries(content).find(([name]) => type.split(";")[0] === name.split(";")[0]) ?? [];
  if (schema === undefined) return `the type ${type} is not described`;
  if (!/json/.test(type)) return undefined;
  const check = checkOf(schema);
  return check(JSON.parse(text)) ? undefined : ajv.errorsText(check.errors);
}

it("every answer is one that is described", async () => {
  const chance = new Chance(SEED);
  const ids: string[] = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    const [method, path, operation] = chance.pick(operations);
    const query = new URLSearchParams();
    let at = path;
    for (const { name, in: place, schema } of operation.parameters ?? []) {
      const known = name === "id" && ids.length > 0 && chance.next() < 0.4;
      const given = known ? chance.pick(ids) : String(valueOf(schema, chance));
      if (place === "path") at = at.replace(`{${name}}`, encodeURIComponent(given) || "x");
      else if (place === "query" && name !== "wait" && chance.next() < 0.5) query.set(name, given.slice(0, 300));
    }
    const schema = operation.requestBody?.content["application/json"]?.schema;
    const body = schema === undefined ? undefined : bodyOf(schema, chance);
    const asked = query.size === 0 ? at : `${at}?${query.toString()}`;
    const answer = await service.ask(asked, { method, ...(body === undefined ? {} : { body }) });
    const told = {
      difference: differenceOf(answer, operation),
      seed: SEED,
      count,
      method,
      asked,
      body: body?.slice(0, 300),
      status: answer.status,
      text: answer.text.slice(0, 300),
    };
    expect(told.difference, JSON.stringify(told)).toBe(undefined);
    if (answer.status === 202) ids.push(answer.json<{ id: string }>().id);
  }
  expect((await service.ask("/health")).status).toBe(200);
}, 900_000);
