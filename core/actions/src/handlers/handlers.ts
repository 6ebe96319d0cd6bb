/** What carries out the operations of a run: one handler per action. Each records the intent before and the result after. */

import type { StepReport } from "@provisioning/extension-sdk";
import type { OperationId } from "@provisioning/model";
import type { OperationAction } from "@provisioning/planner";
import type { Handlers, OperationHandler } from "@provisioning/workflow";
import type { InfraSession } from "../session.js";
import { nothingToUndo } from "./compensation.js";
import { judge } from "./verdict.js";
import { networkHandlers } from "./network.js";
import { serverHandlers } from "./server.js";
import { taskservHandlers } from "./taskserv.js";

export type ActionHandlers = Partial<Record<OperationAction, OperationHandler>>;

/** How a handler tells what it is doing. */
export interface HandlerEvents {
  progress(operation: OperationId, text: string): void;
  step(operation: OperationId, step: StepReport, title: string): void;
}

export function createHandlers(session: InfraSession): Handlers {
  const events: HandlerEvents = {
    progress: (operation, text) => session.context.report({ type: "progress", operation, text }),
    step: (operation, step, title) => session.context.report({ type: "step", operation, step, title }),
  };
  const all: ActionHandlers = {
    ...networkHandlers(session, events),
    ...serverHandlers(session, events),
    ...taskservHandlers(session, events),
    // The others have waited: nothing is left to do.
    "batch.gate": { execute: ({ operation }) => Promise.resolve(operation.input), ...nothingToUndo },
    "batch.verdict": { execute: (context) => judge(context), ...nothingToUndo },
    "servers.known": { execute: () => Promise.resolve(null), ...nothingToUndo },
  };
  return new Map(Object.entries(all));
}
