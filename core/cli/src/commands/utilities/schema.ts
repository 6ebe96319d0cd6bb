/** `schema`: the JSON Schema of what a command prints. */

import { actionTable } from "@provisioning/actions";
import { toJSONSchema, type ZodMiniType } from "zod/mini";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import type { Command } from "../../command/command.js";
import { route } from "../../command/route.js";
import { unknownCommand } from "../../command/usage-error.js";
import { exitCodeOf } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { writeError } from "../../views/write-error.js";
import type { OutputFlags } from "../flags.js";

export async function printSchema(this: CliContext, flags: OutputFlags, ...words: string[]): Promise<void> {
  const found = route(this.commands, words);
  const error =
    found.kind === "unknown"
      ? unknownCommand(found.word, found.within, found.nearest)
      : found.kind === "run" && found.command.result !== undefined
        ? undefined
        : noSchema(words);
  if (error !== undefined) {
    writeError(this, error);
    this.process.exitCode = exitCodeOf(error);
    return;
  }
  const schema = await resultSchema((found as { readonly command: Command }).command);
  const json = JSON.stringify(schema, null, 2);
  if (flags.output === "yaml") return writeResult(this, "yaml", schema, () => json);
  this.process.stdout.write(`${json}\n`);
}

function noSchema(words: readonly string[]): ProvisioningError {
  return new ProvisioningError({
    code: "SCHEMA_NONE",
    message: `${JSON.stringify(words.join(" "))} prints text, or is not one command.`,
    hint: "List what prints data with: provisioning commands -o json",
  });
}

/** The schema of the action's result with the version that the command prints; a part of it when it prints a part. */
export async function resultSchema({ result }: Command): Promise<object> {
  if (result === undefined) return {};
  const { output } = await actionTable[result.action]();
  const whole = toJSONSchema(output as ZodMiniType, { unrepresentable: "any" }) as JsonSchema;
  const schema = part(whole, result.part);
  return versioned(schema, result.version);
}

/** Objects have the version in them, also where there are several kinds of them; a list is the list alone. */
function versioned(schema: JsonSchema, version: number): JsonSchema {
  const { anyOf, oneOf } = schema;
  if (anyOf !== undefined) return { ...schema, anyOf: anyOf.map((one) => versioned(one, version)) };
  if (oneOf !== undefined) return { ...schema, oneOf: oneOf.map((one) => versioned(one, version)) };
  return schema.type === "object" ? withVersion(schema, version) : schema;
}

interface JsonSchema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** `servers` is a field, `servers[]` what is in the list; a list of lists is printed as one. */
function part(schema: JsonSchema, path: string | undefined): JsonSchema {
  if (path === undefined) return schema;
  const found = path.split(".").reduce<JsonSchema>((at, word) => {
    const field = at.properties?.[word.replace("[]", "")] ?? {};
    return word.endsWith("[]") ? (field.items ?? {}) : field;
  }, schema);
  return { ...found, ...(schema.$defs === undefined ? {} : { $defs: schema.$defs }) };
}

function withVersion(schema: JsonSchema, version: number): JsonSchema {
  return {
    ...schema,
    properties: { schema_version: { const: version } as JsonSchema, ...schema.properties },
    required: ["schema_version", ...(schema.required ?? [])],
  };
}
