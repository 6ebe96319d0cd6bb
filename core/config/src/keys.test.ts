/** What the keys promise: each is described, fits its own type, has a variable of its own, and is read by something. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CONFIG_KEY_NAMES, configKey, fromText, jsonSchemaOfConfig, variableOf } from "./index.js";
import { typeProblem } from "./key-type.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("keys", () => {
  it.each(CONFIG_KEY_NAMES)("%s is described, with a default and an example that fit", (name) => {
    const { type, default: fallback, example, description } = configKey(name);
    expect(name).toMatch(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/);
    expect(description).toMatch(/^[A-Z`].{10,}\.$/s);
    expect(typeProblem(type, fallback)).toBeUndefined();
    expect(typeProblem(type, example)).toBeUndefined();
    expect(example).not.toEqual(fallback);
    if (type.kind === "integer" && /_(?:seconds|minutes|hours|days|kib|mib)$/.test(name)) {
      const unit = /[a-z]+$/.exec(name)?.[0];
      expect(configKey(name).unit?.toLowerCase()).toBe(unit);
    }
  });

  it("have each a variable of their own, whose text is read as their type", () => {
    const variables = CONFIG_KEY_NAMES.map(variableOf);
    expect(new Set(variables).size).toBe(variables.length);
    for (const reserved of ["PROVISIONING_ENV", "PROVISIONING_WORKSPACE"]) expect(variables).not.toContain(reserved);
    expect(fromText({ kind: "integer", min: -9, max: 9 }, "-3")).toBe(-3);
    expect(fromText({ kind: "integer", min: 0, max: 9 }, "3.5")).toBe("3.5");
    expect(["yes", "TRUE", "0", "maybe"].map((text) => fromText({ kind: "boolean" }, text))).toEqual([
      true,
      true,
      false,
      "maybe",
    ]);
    expect(fromText({ kind: "list" }, " a, b ,,")).toEqual(["a", "b"]);
    expect(fromText({ kind: "map" }, "a=1,b=x=y")).toEqual({ a: "1", b: "x=y" });
    expect(fromText({ kind: "map" }, "a")).toBe("a");
  });

  it("are no section of another key", () => {
    for (const name of CONFIG_KEY_NAMES) expect(CONFIG_KEY_NAMES.filter((other) => other.startsWith(`${name}.`))).toEqual([]);
  });

  it("are read by something", () => {
    const sources = ["core", "platform", "extensions/providers"].flatMap((folder) => filesBelow(join(root, folder)));
    const text = sources.map((file) => readFileSync(file, "utf8")).join("\n");
    const unread = CONFIG_KEY_NAMES.filter((name) => !isRead(name, text));
    expect(unread).toEqual([]);
  });

  it("are all in the JSON Schema", () => {
    const schema = jsonSchemaOfConfig();
    for (const name of CONFIG_KEY_NAMES) {
      let at: unknown = schema;
      for (const part of name.split(".")) at = (at as { properties: Record<string, unknown> }).properties[part];
      expect(at).toMatchObject({ description: expect.any(String), anyOf: expect.any(Array) });
    }
  });
});

/** By its name; passwords by the product's name, and those of a provider by what is behind its name. */
function isRead(name: string, text: string): boolean {
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (
    text.includes(`"${name}"`) ||
    text.includes(`given.${last}`) ||
    text.includes(`settings["${last}"]`) ||
    text.includes(`number("${last}"`)
  )
    return true;
  return /^storage\.(?:postgres|surrealdb)\.(?:password|password_file|url)$/.test(name) && text.includes("`storage.${product}.");
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ["node_modules", "dist", "bundle", "testing", "keys"].includes(entry.name) ? [] : filesBelow(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}
