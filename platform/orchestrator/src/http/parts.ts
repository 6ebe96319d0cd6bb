/** Parts of requests that many endpoints share. */

import type { JsonObject } from "@provisioning/model";
import * as z from "zod/mini";
import type { AnswerShape } from "./endpoint.js";
import { acceptedSchema } from "@provisioning/api";

/** Prometheus's text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export const idParams = z.strictObject({ id: z.string().check(z.maxLength(100)) });

/** Of what takes none: a parameter that has no effect is a mistake of whoever sends it. */
export const noQuery = z.strictObject({});

/** An object of a body: that it is JSON is known already. */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodMiniType<JsonObject>;

/** A whole number in a query. */
export const numberText = z.pipe(
  z.string().check(z.regex(/^\d{1,9}$/)),
  z.transform((text: string) => Number(text)),
);

export const reasonBody = z.strictObject({ reason: z.exactOptional(z.string().check(z.maxLength(500))) });

export const accepted: AnswerShape = {
  description: "Accepted: it is done, whatever happens. The links say where to look.",
  schema: acceptedSchema,
};

export const eventStream: AnswerShape = { description: "Server-sent events.", type: "text/event-stream" };
