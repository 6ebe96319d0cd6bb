/** What an action is given in a process that serves a workspace for a test. */

import { fileURLToPath } from "node:url";
import { systemClock } from "@provisioning/model";
import { platformLayout } from "@provisioning/workspace";
import type { ActionContext } from "../../context.js";

const root = fileURLToPath(new URL("../../../../../", import.meta.url)).replace(/\/$/, "");

export function serviceContext(workspace: string): ActionContext {
  const { signal } = new AbortController();
  return {
    platform: platformLayout(root),
    platformVersion: "0.0.0",
    clock: systemClock,
    environment: process.env,
    currentDir: workspace,
    workspace,
    flags: {},
    holder: `service (pid ${process.pid})`,
    command: "service",
    signal,
    drain: signal,
    report: () => undefined,
    confirm: async () => false,
  };
}
