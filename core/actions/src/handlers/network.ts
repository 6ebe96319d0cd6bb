/** Networks: made and removed by the provider. */

import type { OperationContext } from "@provisioning/workflow";
import { handlerFor, providerContext } from "../provider-context.js";
import type { InfraSession } from "../session.js";
import { undoCreation } from "./compensation.js";
import type { ActionHandlers, HandlerEvents } from "./handlers.js";
import { seenAndRecorded } from "./inspection.js";
import { subjectOf } from "./subject.js";

export function networkHandlers(session: InfraSession, events: HandlerEvents): ActionHandlers {
  const contextOf = ({ operation, run, signal, idempotencyKey }: OperationContext) =>
    providerContext(session, {
      operation: idempotencyKey,
      runId: run.id,
      signal,
      report: (text) => events.progress(operation.id, text),
    });
  const remove = async (context: OperationContext): Promise<null> => {
    const subject = subjectOf(session, context.operation.address);
    const provider = await session.providers.get(subject.provider);
    await handlerFor(provider, "network").delete({ name: session.infra }, contextOf(context));
    await session.records.remove([context.operation.address]);
    return null;
  };
  return {
    "network.reconcile": {
      async execute(context) {
        const { operation, run } = context;
        const subject = subjectOf(session, operation.address);
        const provider = await session.providers.get(subject.provider);
        await session.records.markChanging(subject, run.id);
        const attributes = await handlerFor(provider, "network").reconcile(subject.spec, contextOf(context));
        await session.records.markReady(subject, attributes, run.id);
        return attributes;
      },
      compensate: undoCreation(remove),
      undoesHalves: true,
      async inspect(context) {
        const { address } = context.operation;
        const provider = await session.providers.get(subjectOf(session, address).provider);
        return seenAndRecorded(session, address, () =>
          handlerFor(provider, "network").read({ name: session.infra }, contextOf(context)),
        );
      },
    },
    "network.delete": { execute: remove },
  };
}
