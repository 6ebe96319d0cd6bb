/** What an action is given in a test: a folder for everything, nobody to ask, and what was reported. */

import { fileURLToPath } from "node:url";
import { systemClock } from "@provisioning/model";
import { platformLayout } from "@provisioning/workspace";
import type { ActionContext, ActionEvent } from "../context.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");

export interface TestContext extends ActionContext {
  readonly events: readonly ActionEvent[];
}

export function testContext(folder: string, changes: Partial<ActionContext> = {}): TestContext {
  const { signal } = new AbortController();
  const events: ActionEvent[] = [];
  return {
    platform: platformLayout(root),
    platformVersion: "0.0.0",
    clock: systemClock,
    environment: { XDG_CONFIG_HOME: `${folder}/user` },
    currentDir: folder,
    flags: {},
    holder: "test",
    command: "test",
    signal,
    drain: signal,
    report: (event) => void events.push(event),
    confirm: async () => false,
    events,
    ...changes,
  };
}
