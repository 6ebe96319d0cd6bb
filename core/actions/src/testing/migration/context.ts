/** What an action is given in a process that serves a workspace for a test. */

import type { ActionContext } from "../../context.js";
import { testContext } from "../test-context.js";

export function serviceContext(workspace: string): ActionContext {
  const holder = `service (pid ${process.pid})`;
  return testContext(workspace, { environment: process.env, workspace, holder, command: "service" });
}
