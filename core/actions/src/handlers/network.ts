/** Networks: made and removed by the provider. */

import { handlerFor, providerContext } from "../provider-context.js";
import type { InfraSession } from "../session.js";
import type { ActionHandlers, HandlerEvents } from "./handlers.js";
import { subjectOf } from "./subject.js";

export function networkHandlers(session: InfraSession, events: HandlerEvents): ActionHandlers {
  return {
    "network.reconcile": {
      async execute({ operation, run, signal, idempotencyKey }) {
        const subject = subjectOf(session, operation.address);
        const provider = await session.providers.get(subject.provider);
        await session.records.markChanging(subject, run.id);
        const context = providerContext(session, {
          operation: idempotencyKey,
          runId: run.id,
          signal,
          report: (text) => events.progress(operation.id, text),
        });
        const attributes = await handlerFor(provider, "network").reconcile(subject.spec, context);
        await session.records.markReady(subject, attributes, run.id);
        return attributes;
      },
    },
    "network.delete": {
      async execute({ operation, run, signal, idempotencyKey }) {
        const subject = subjectOf(session, operation.address);
        const provider = await session.providers.get(subject.provider);
        const context = providerContext(session, {
          operation: idempotencyKey,
          runId: run.id,
          signal,
          report: (text) => events.progress(operation.id, text),
        });
        await handlerFor(provider, "network").delete({ name: session.infra }, context);
        await session.records.remove([operation.address]);
        return null;
      },
    },
  };
}
