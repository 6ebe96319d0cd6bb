/** The events of a run as they are recorded, for whoever watches it: all, or those after what was seen already. */

import type { RunEvent, RunId } from "@provisioning/model";
import { operationIdSchema, runIdSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { AnnouncedOperation } from "../context.js";
import { openWorkspaceSession } from "../session.js";
import { usualDurations } from "./durations.js";
import { announced } from "./execute.js";
import { findRun } from "./find-run.js";

export interface RunEventsInput {
  /** `last`: the newest. */
  readonly id: string;
  /** Leave out so many, which were seen before; `next` of the answer to that. */
  readonly after?: number;
}

export interface RunEvents {
  readonly id: RunId;
  /** When asked from the beginning. */
  readonly operations?: readonly AnnouncedOperation[];
  /** Without what operations answered. */
  readonly events: readonly RunEvent[];
  readonly next: number;
}

/** @throws RunNotFoundError, ProvisioningError RUN_ID_INVALID, RUN_NONE */
export const runEvents = defineAction<RunEventsInput, RunEvents>({
  name: "run.events",
  cedar: { action: "showRunEvents", resource: "Run" },
  effect: "read",
  summary: "Gives the events of a run, all or those after what was seen already.",
  input: z.strictObject({ id: z.string(), after: z.exactOptional(z.int().check(z.minimum(0))) }),
  output: z.strictObject({
    id: runIdSchema,
    operations: z.exactOptional(
      z.array(
        z.strictObject({
          id: operationIdSchema,
          title: z.string(),
          dependsOn: z.exactOptional(z.array(operationIdSchema)),
          usualMs: z.exactOptional(z.number()),
        }),
      ),
    ),
    events: z.array(z.looseObject({ type: z.string(), at: z.number() })),
    next: z.int(),
  }) as unknown as z.ZodMiniType<RunEvents>,
  async run(context, { id: wanted, after = 0 }) {
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("read");
    try {
      const id = await findRun(storage, wanted);
      const { events } = await storage.runs.load(id);
      const fresh = { id, events: events.slice(after).flatMap(told), next: events.length };
      const [submitted] = events;
      if (after > 0 || submitted?.type !== "runSubmitted") return fresh;
      const usual = await usualDurations(session.workspace.layout.runtimeDir);
      return { ...fresh, operations: submitted.definition.operations.map((operation) => announced(operation, usual(operation))) };
    } finally {
      await storage.close();
    }
  },
});

/** What was submitted is told in `operations`. */
function told(event: RunEvent): readonly RunEvent[] {
  if (event.type === "runSubmitted") return [];
  return [event.type === "operationCompleted" ? { ...event, output: null } : event];
}
