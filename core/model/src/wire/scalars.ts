/** Schemas of names, ids, addresses and JSON as they cross a wire. */

import * as z from "zod/mini";
import type { Address } from "../address.js";
import type { SourcePosition } from "../diagnostic.js";
import type { OperationId, RunId } from "../ids.js";
import type { Json, JsonObject } from "../json.js";
import type { InfraName, ProviderName, ServerName, TaskservName, WorkspaceName } from "../names.js";

type Schema<T> = z.ZodMiniType<T>;

/** A string of ours: the type says which, the pattern how it looks. */
const branded = <T extends string>(pattern: RegExp): Schema<T> =>
  z.string().check(z.regex(pattern)) as z.ZodMiniType<string> as unknown as Schema<T>;

/** A DNS label, as in `names.ts`. */
const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const workspaceNameSchema = branded<WorkspaceName>(NAME);
export const infraNameSchema = branded<InfraName>(NAME);
export const serverNameSchema = branded<ServerName>(NAME);
export const taskservNameSchema = branded<TaskservName>(NAME);
export const providerNameSchema = branded<ProviderName>(NAME);
export const runIdSchema = branded<RunId>(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
export const operationIdSchema = branded<OperationId>(/^.{1,300}$/);
export const addressSchema = branded<Address>(/^(?:network\.[^.]+|server\.[^.]+|taskserv\.[^.]+\.[^.]+)$/);

/** Milliseconds since 1970. */
export const instantSchema: Schema<number> = z.int();
export const jsonSchema: Schema<Json> = z.json();

export const jsonObjectSchema: Schema<JsonObject> = z.record(z.string(), z.json());

export const sourcePositionSchema: Schema<SourcePosition> = z.strictObject({
  file: z.string(),
  line: z.int().check(z.minimum(1)),
  column: z.int().check(z.minimum(1)),
});
