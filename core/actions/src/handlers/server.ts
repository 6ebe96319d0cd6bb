/** Servers: made by the provider, then connected to once to learn their facts. */

import {
  type Address,
  type Json,
  type JsonObject,
  parseAddress,
  invariant,
  serverAddress,
  type ServerName,
} from "@provisioning/model";
import type { OperationContext } from "@provisioning/workflow";
import { handlerFor, type ProviderCall, providerContext } from "../provider-context.js";
import { connectionTarget } from "../servers/connection-target.js";
import { ServerCheckError } from "../servers/errors.js";
import type { InfraSession } from "../session.js";
import { nothingToUndo, undoCreation } from "./compensation.js";
import type { ActionHandlers, HandlerEvents } from "./handlers.js";
import { seenAndRecorded } from "./inspection.js";
import { subjectOf } from "./subject.js";

export function serverHandlers(session: InfraSession, events: HandlerEvents): ActionHandlers {
  const call = (context: OperationContext): ProviderCall => ({
    operation: context.idempotencyKey,
    runId: context.run.id,
    signal: context.signal,
    report: (text) => events.progress(context.operation.id, text),
  });
  const destroy = async (context: OperationContext): Promise<null> => {
    const { operation } = context;
    const subject = subjectOf(session, operation.address);
    const name = serverOf(operation.address);
    const provider = await session.providers.get(session.records.get(operation.address)?.provider ?? subject.provider);
    await handlerFor(provider, "server").delete({ name }, providerContext(session, call(context)));
    await session.records.remove([operation.address, ...recordsOn(session, name)]);
    return null;
  };
  return {
    "server.reconcile": {
      async execute(context) {
        const { operation, run, signal } = context;
        const subject = subjectOf(session, operation.address);
        const provider = await session.providers.get(subject.provider);
        await session.records.markChanging(subject, run.id);
        const attributes = await handlerFor(provider, "server").reconcile(subject.spec, providerContext(session, call(context)));
        events.progress(operation.id, "gather facts");
        const target = connectionTarget(attributes);
        const { facts } = await session.servers.run(target, { mode: "check", sections: [], signal });
        const known: JsonObject = { ...attributes, facts: facts as unknown as JsonObject };
        await session.records.markReady(subject, known, run.id);
        return known;
      },
      compensate: undoCreation(destroy),
      undoesHalves: true,
      async inspect(context) {
        const { address } = context.operation;
        const provider = await session.providers.get(subjectOf(session, address).provider);
        const name = serverOf(address);
        return seenAndRecorded(session, address, () =>
          handlerFor(provider, "server").read({ name }, providerContext(session, call(context))),
        );
      },
    },
    "server.delete": { execute: destroy },
    "server.check": { execute: (context) => look(session, context.operation.address, call(context)), ...nothingToUndo },
  };
}

/** Changes nothing. @throws ProvisioningError SERVER_CHECK_FAILED */
async function look(session: InfraSession, address: Address, call: ProviderCall): Promise<Json> {
  const { provider: name, spec } = subjectOf(session, address);
  const provider = await session.providers.get(name);
  const handler = handlerFor(provider, "server");
  const seen = await handler.read({ name: serverOf(address) }, providerContext(session, call));
  if (seen.status !== "present")
    throw new ServerCheckError(address, seen.status === "absent" ? "it does not exist" : seen.detail);
  if (seen.attributes.status === "stopped") throw new ServerCheckError(address, "it is stopped");
  const { fields } = handler.diff(spec, seen.attributes);
  if (fields.length > 0)
    throw new ServerCheckError(address, `it is not as described: ${fields.map(({ path }) => path).join(", ")}`);
  return seen.attributes;
}

function serverOf(address: Address): ServerName {
  const parsed = parseAddress(address);
  invariant(parsed.kind === "server", `${address} is not a server`);
  return parsed.server;
}

/** What was recorded on a server goes with it. */
function recordsOn(session: InfraSession, name: ServerName): Address[] {
  const server = serverAddress(name);
  return session.records.list().flatMap((record) => {
    const address = parseAddress(record.address);
    return address.kind === "taskserv" && serverAddress(address.server) === server ? [record.address] : [];
  });
}
