/** Schemas as JSON Schema under names: what several endpoints share stands once among the components of the description. */

import { acceptedSchema, problemSchema, taskDetailSchema, taskSchema } from "@provisioning/api";
import { actionTable, type ActionName } from "@provisioning/actions";
import { changeSchema, errorRecordSchema, jsonSchema, planSchema, runStatusSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { isServed } from "./invoke-now.js";

export type Schema = Readonly<Record<string, unknown>>;

const PLACE = "#/components/schemas/";

/** Of one description. */
export class SchemaNames {
  readonly #registry = z.registry<{ readonly id: string }>();
  readonly #components = new Map<string, Schema>();
  readonly #outputs = new Map<ActionName, z.ZodMiniType>();

  private constructor(components: Readonly<Record<string, Schema>>) {
    for (const [name, schema] of Object.entries(components)) this.#components.set(name, schema);
    for (const [id, schema] of Object.entries(SHARED)) this.#registry.add(schema, { id });
  }

  /** @param components that are no schemas of ours, by name */
  static async open(components: Readonly<Record<string, Schema>>): Promise<SchemaNames> {
    const names = new SchemaNames(components);
    for (const name of Object.keys(actionTable)) {
      if (!isServed(name)) continue;
      const { output } = await actionTable[name]();
      names.#outputs.set(name, output as z.ZodMiniType);
    }
    for (const [name, id] of Object.entries(REPORTS)) names.#name(names.#outputs.get(name as ActionName), id);
    for (const [name, output] of names.#outputs) names.#name(output, name);
    return names;
  }

  /** Where all named ones stand, when everything has been asked for. */
  get components(): Schema {
    return Object.fromEntries([...this.#components].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  of(schema: z.ZodMiniType, io: "input" | "output"): Schema {
    const made = z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any", metadata: this.#registry });
    const { $schema: _, $defs = {}, ...rest } = made as Schema & { readonly $defs?: Readonly<Record<string, Schema>> };
    for (const [name, one] of Object.entries($defs)) this.#components.set(nameFor(name, io), withPlaces(one, io));
    return withPlaces(rest, io);
  }

  outputOf(action: ActionName): Schema {
    const output = this.#outputs.get(action);
    return output === undefined ? {} : this.of(output, "output");
  }

  /** What any action may answer. */
  get anyOutput(): Schema {
    const all = [...this.#outputs.values()].map((output) => JSON.stringify(this.of(output, "output")));
    return { anyOf: [...new Set(all)].map((text) => JSON.parse(text) as Schema) };
  }

  #name(schema: z.ZodMiniType | undefined, id: string): void {
    if (schema !== undefined && !this.#registry.has(schema)) this.#registry.add(schema, { id });
  }
}

const SHARED: Readonly<Record<string, z.ZodMiniType>> = {
  Accepted: acceptedSchema,
  Change: changeSchema,
  ErrorRecord: errorRecordSchema,
  Json: jsonSchema,
  Plan: planSchema,
  Problem: problemSchema,
  RunStatus: runStatusSchema,
  Task: taskSchema,
  TaskDetail: taskDetailSchema,
};

/** What many actions answer has a name of its own; others are called after their action. */
const REPORTS: Readonly<Partial<Record<ActionName, string>>> = { "run.show": "RunReport", "run.why": "WhyReport" };

/** What may be sent and what is answered need not be the same: unknown fields, defaults. */
function nameFor(name: string, io: "input" | "output"): string {
  return io === "input" ? `${name}Input` : name;
}

function withPlaces(value: Schema, io: "input" | "output"): Schema {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    const [, name] = key === "$ref" && typeof inner === "string" ? (/^#\/\$defs\/(.*)$/.exec(inner) ?? []) : [];
    return name === undefined ? inner : `${PLACE}${nameFor(name, io)}`;
  });
  return JSON.parse(text) as Schema;
}

/** Also of what is described elsewhere. */
export function referTo(name: string): string {
  return `${PLACE}${name}`;
}
