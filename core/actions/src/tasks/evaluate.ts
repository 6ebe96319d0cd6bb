/** `provisioning.evaluate`: decides by assignments under if, elif and else. It sees values and nothing else: no files, no network, no process. */

import { type JsonValue, namesUsed, type PreparedText, prepareText } from "@provisioning/kcl-lang";
import type { JsonObject } from "@provisioning/model";
import { jsonObjectSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { plainJson } from "../kcl/plain-json.js";
import { ConditionError } from "./errors.js";
import { remembered } from "./remembered.js";
import { defineTask } from "./task.js";

interface EvaluateParams {
  readonly condition: string;
}

/** Longer ones are programs. */
const MAX_LENGTH = 20_000;

const FORM = "It is assignments (x = 1), alone or in blocks that are indented below if, elif and else, as in KCL.";

const usedBy = remembered((condition) => namesUsed(condition, "statements"));

/** By the condition and the names that it may use. */
const preparedFor: (key: string) => PreparedText = remembered((key) => {
  const [condition, names] = JSON.parse(key) as readonly [string, readonly string[]];
  return prepareText(condition, names);
});

export const evaluate = defineTask<EvaluateParams, JsonObject>({
  name: "provisioning.evaluate",
  summary: "Decides by assignments under if, elif and else, over variables and the outputs of earlier steps.",
  effect: "read",
  params: z.strictObject({ condition: z.string().check(z.minLength(1), z.maxLength(MAX_LENGTH)) }),
  output: jsonObjectSchema,
  programs: ["condition"],
  check({ condition }) {
    const used = usedBy(condition);
    if (used.ok) return [];
    const [first] = used.diagnostics;
    const place = first === undefined ? "" : ` (line ${first.position.line}, column ${first.position.column})`;
    const summary = `the condition cannot be read: ${first?.message ?? "it is empty"}${place}.`;
    return [{ path: ["condition"], summary, hint: FORM }];
  },
  needs: ({ condition }) => {
    const used = usedBy(condition);
    return used.ok ? used.names : [];
  },
  gives: ({ condition }) => {
    const used = usedBy(condition);
    return used.ok ? used.assigned : [];
  },
  run({ values }, { condition }) {
    const prepared = preparedFor(JSON.stringify([condition, Object.keys(values)]));
    const result = prepared.ok ? prepared.evaluate(values as Readonly<Record<string, JsonValue>>) : prepared;
    if (result.ok) return Promise.resolve(plainJson(result.value) as JsonObject);
    const text = result.diagnostics.map(({ message, position }) => `${message} (line ${position.line}).`).join(" ");
    return Promise.reject(new ConditionError("The condition", text));
  },
});
