/** Layers of the configuration in KCL, checked by the module `provisioning.config` where they are written. */

import { fileURLToPath } from "node:url";
import { CONFIG_KEY_NAMES, configKey } from "@provisioning/config";
import { DiagnosticsError, isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { evaluateConfig } from "./evaluate-config.js";
import { platformLayout } from "./layout.js";

const platform = platformLayout(fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, ""));
const file = "/workspace/config/provisioning.k";
const evaluate = (text: string) => evaluateConfig(platform, file, text);

async function refusal(text: string) {
  const error: unknown = await evaluate(text).catch((reason: unknown) => reason);
  if (!(error instanceof DiagnosticsError)) throw new Error("it was not refused");
  return error.diagnostics.map(({ summary, hint, position }) => ({ text: `${summary} ${hint ?? ""}`, line: position?.line }));
}

const schemaOf = (path: readonly string[]) =>
  path
    .flatMap((part) => part.split("_"))
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");

describe("a layer that names schemas of provisioning.config", () => {
  it("says what is written and nothing else, so that lower layers still count", async () => {
    const evaluated = await evaluate("import provisioning.config\n\nrun = config.Run {\n    parallel_limit = 2 * 4\n}\n");
    expect(evaluated.value).toEqual({ run: { parallel_limit: 8 } });
    expect(evaluated.positionOf(["run", "parallel_limit"])).toMatchObject({ file, line: 4 });
  });

  it("may be one value of all sections", async () => {
    const { value } = await evaluate(
      'import provisioning.config\nconfig.Config {servers.default_plan = "large", run.retry.max_attempts = 2}\n',
    );
    expect(JSON.parse(JSON.stringify(value))).toMatchObject({
      servers: { default_plan: "large" },
      run: { retry: { max_attempts: 2 } },
    });
  });

  it.each([
    ["an unknown key", "parallel_limits = 4", /parallel_limits.*parallel_limit/s],
    ["another type", 'parallel_limit = "four"', /int/],
    ["a number out of range", "parallel_limit = 0", /parallel_limit must be 1 to/],
    ["a word that is no choice", 'on_failure = "shrug"', /"?rollback"?/],
  ])("is refused at its line for %s", async (_, line, message) => {
    const [found] = await refusal(`import provisioning.config\n\nrun = config.Run {\n    ${line}\n}\n`);
    expect(found?.text).toMatch(message);
    expect([3, 4]).toContain(found?.line);
  });

  it.each(CONFIG_KEY_NAMES)("can say %s", async (name) => {
    const path = name.split(".");
    const [key = ""] = path.splice(-1);
    const { example, type } = configKey(name);
    const written = (value: unknown) => `import provisioning.config\nx = config.${schemaOf(path)} {${key} = ${kclText(value)}}\n`;
    const { value } = await evaluate(written(example));
    expect((value.x as JsonObject)[key]).toEqual(example);
    if (type.kind === "integer") expect((await refusal(written(type.max + 1)))[0]?.text).toContain(`${key} must be`);
    else await expect(evaluate(written(type.kind === "boolean" ? "maybe" : 3))).rejects.toBeInstanceOf(DiagnosticsError);
  });
});

function kclText(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (!isJsonObject(value as Json)) return JSON.stringify(value);
  return `{${Object.entries(value as JsonObject)
    .map(([key, item]) => `${JSON.stringify(key)} = ${JSON.stringify(item)}`)
    .join(", ")}}`;
}
