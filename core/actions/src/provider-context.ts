/** What surrounds a call to a provider, and the handler for a kind of resource. */

import { randomUUID } from "node:crypto";
import type { Provider, ProviderContext, ResourceHandler } from "@provisioning/extension-sdk";
import { invariant, type JsonObject, type ResourceKind, type RunId } from "@provisioning/model";
import type { InfraSession } from "./session.js";

export interface ProviderCall {
  /** The same for every try of one operation. */
  readonly operation: string;
  readonly runId?: RunId;
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
}

export function providerContext(session: InfraSession, call: ProviderCall): ProviderContext {
  return {
    workspace: session.identity,
    infra: session.infra,
    runId: call.runId ?? (randomUUID() as RunId),
    idempotencyKey: call.operation,
    clock: session.context.clock,
    signal: call.signal,
    log: () => undefined,
    report: (progress) => call.report(session.redactor.text(progress.stage)),
  };
}

/** Specs and attributes are plain JSON here; the provider gives them their shape. */
export type AnyResourceHandler = ResourceHandler<JsonObject, JsonObject>;

export function handlerFor(provider: Provider, kind: ResourceKind): AnyResourceHandler {
  invariant(kind !== "taskserv", "taskservs have no provider handler");
  return provider[kind] as unknown as AnyResourceHandler;
}
