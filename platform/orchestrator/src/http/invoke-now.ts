/** Actions that are answered at once: what only looks, and what only writes down a wish. */

import { type ActionName, actionTable, invoke, isLocalAction } from "@provisioning/actions";
import { type Json, type JsonObject, ProvisioningError } from "@provisioning/model";
import type { Service } from "../service.js";

/** They change something, but only what is recorded, and in no time. */
const QUICK: ReadonlySet<ActionName> = new Set<ActionName>(["run.cancel", "run.pass", "run.pause"]);

export function isServed(name: string): name is ActionName {
  return Object.hasOwn(actionTable, name) && !isLocalAction(name as ActionName);
}

/** @throws ProvisioningError ACTION_UNKNOWN */
export function servedAction(name: string): ActionName {
  if (isServed(name)) return name;
  throw new ProvisioningError({
    code: "ACTION_UNKNOWN",
    message: `The service has no action ${JSON.stringify(name.slice(0, 80))}.`,
    hint: "GET /actions lists what there is.",
  });
}

/** Answered at once, it has changed something. */
export function isQuickChange(name: string): boolean {
  return QUICK.has(name as ActionName);
}

export async function isImmediate(name: ActionName): Promise<boolean> {
  return QUICK.has(name) || (await actionTable[name]()).effect === "read";
}

export interface Asked {
  readonly flags?: JsonObject;
  readonly variables?: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly gone: AbortSignal;
}

/** Looking at many servers takes a while; what takes longer than the configuration allows has hung. */
export async function invokeNow(service: Service, name: ActionName, input: unknown, asked: Asked): Promise<Json> {
  const limitMs = service.workspace.config.get("orchestrator.action_timeout_seconds") * 1000;
  // Who asked for a change and went away may ask again whether it was done: it must not stop halfway.
  const gone = QUICK.has(name) ? [] : [asked.gone];
  const signal = AbortSignal.any([...gone, service.release, AbortSignal.timeout(limitMs)]);
  const { flags = {}, variables, command = `POST /actions/${name}` } = asked;
  const context = service.contextFor({ flags, command, ...(variables === undefined ? {} : { variables }) }, signal);
  return (await invoke(name, context, input as never)) as unknown as Json;
}
