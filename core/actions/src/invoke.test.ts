/** What reaches an action has been checked. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { platformLayout } from "@provisioning/workspace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "./context.js";
import { actionTable } from "./action-table.js";
import { InputInvalidError, invoke } from "./invoke.js";

const root = new URL("../../../", import.meta.url).pathname;
const signal = new AbortController().signal;
let folder: string;
let context: ActionContext;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-invoke-"));
  context = {
    platform: platformLayout(root),
    platformVersion: "0.0.0",
    clock: systemClock,
    environment: { XDG_CONFIG_HOME: join(folder, "config") },
    currentDir: folder,
    flags: {},
    holder: "test",
    command: "test",
    signal,
    drain: signal,
    report: () => undefined,
    confirm: () => Promise.resolve(false),
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As a program in another language would call. */
const call = (name: keyof typeof actionTable, input: unknown): Promise<unknown> => invoke(name, context, input as never);

describe("invoke", () => {
  it.each([
    { name: "workspace.create", input: {}, problem: "name: Invalid input" },
    { name: "workspace.create", input: { name: 7 }, problem: "name: Invalid input" },
    { name: "workspace.create", input: { name: "shop", colour: "red" }, problem: "Unrecognized key" },
    { name: "run.list", input: { limit: 0 }, problem: "limit: " },
    { name: "run.list", input: { limit: 1e9 }, problem: "limit: " },
    { name: "infra.plan", input: { targets: { servers: "all" } }, problem: "targets: servers: " },
    { name: "infra.plan", input: null, problem: "Invalid input" },
    { name: "infra.apply", input: { confirm: true }, problem: "Unrecognized key" },
  ] as const)("refuses $input for $name before anything is done", async ({ name, input, problem }) => {
    const refusal = await call(name, input).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InputInvalidError);
    expect(refusal).toMatchObject({ code: "INPUT_INVALID" });
    expect((refusal as InputInvalidError).problems.join()).toContain(problem);
    expect(await invoke("workspace.list", context, {})).toEqual([]);
  });

  it("gives what the output schema describes", async () => {
    const made = await invoke("workspace.create", context, { name: "shop" });
    const here = { ...context, workspace: "shop" };
    const results = {
      "workspace.create": made,
      "workspace.list": await invoke("workspace.list", here, {}),
      "workspace.current": await invoke("workspace.current", here, {}),
      "workspace.switch": await invoke("workspace.switch", here, { name: "shop" }),
      "catalog.list": await invoke("catalog.list", here, {}),
      "run.list": await invoke("run.list", here, { limit: 5 }),
      "infra.planRemoval": await invoke("infra.planRemoval", here, {}),
      "workspace.forget": await invoke("workspace.forget", here, { name: "shop" }),
    };
    for (const [name, result] of Object.entries(results)) {
      const { output } = await actionTable[name as keyof typeof results]();
      expect(output.safeParse(result), name).toMatchObject({ success: true });
    }
  });
});
