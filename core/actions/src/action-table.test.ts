/** The table of actions: each is what its name says, and can be described to those who do not speak TypeScript. */

import * as z from "zod/mini";
import { describe, expect, it } from "vitest";
import type { Action } from "./action.js";
import { actionTable } from "./action-table.js";

const actions = await Promise.all(
  Object.entries(actionTable).map(async ([name, load]) => ({
    name,
    action: (await load()) as unknown as Action<unknown, unknown>,
  })),
);

describe("the table of actions", () => {
  it("knows each action by its own name", () => {
    expect(actions.map(({ action }) => action.name)).toEqual(actions.map(({ name }) => name));
  });

  it("has one Cedar action for each", () => {
    const cedar = actions.map(({ action }) => action.cedar.action);
    expect(new Set(cedar).size).toBe(actions.length);
    for (const name of cedar) expect(name).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it.each(actions)("describes input and output of $name as JSON Schema", ({ action }) => {
    expect(z.toJSONSchema(action.input)).toMatchObject({ type: "object", additionalProperties: false });
    expect(z.toJSONSchema(action.output)).toHaveProperty("$schema");
  });
});
