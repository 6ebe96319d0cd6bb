/** A request for an action, stored as a run with one operation: accepted means that it is done, whatever happens to this process. */

import { REQUEST_PURPOSE } from "@provisioning/actions";
import {
  networkAddress,
  type InfraName,
  type Json,
  type JsonObject,
  newRunId,
  type OperationId,
  type RunDefinition,
  type RunId,
} from "@provisioning/model";
import { assertRecordable } from "./request-settings.js";

export const REQUEST_ACTION = "action.invoke";

export interface ActionRequest {
  readonly action: string;
  readonly input: Json;
  /** `ask`: whoever follows the task is asked before anything changes. */
  readonly approve: "ask" | "given";
  /** Configuration values that win over all others. */
  readonly flags: JsonObject;
  /** Variables of the environment that set some, instead of the service's own. Absent: the service's own. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The command as it was typed, for whoever has to wait for it. */
  readonly command: string;
  readonly traceId: string;
}

export interface RequestOptions {
  readonly request: ActionRequest;
  readonly infra: InfraName;
  readonly title: string;
  readonly at: number;
  readonly id?: RunId;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A deployment may take long; what hangs is found by the timeouts of its own operations. */
const TIMEOUT_MS = 7 * 24 * 3_600_000;

/** @throws ProvisioningError SETTINGS_SECRET */
export function requestRun({ request, infra, title, at, id, labels }: RequestOptions): RunDefinition {
  assertRecordable(request.flags);
  return {
    id: id ?? newRunId(),
    name: title,
    infra,
    operations: [
      {
        id: "request" as OperationId,
        title,
        action: REQUEST_ACTION,
        address: networkAddress(infra),
        input: { ...request },
        dependsOn: [],
        timeoutMs: TIMEOUT_MS,
        retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 0, maxDelayMs: 0 },
        onFailure: "fail",
      },
    ],
    parallelLimit: 1,
    labels: { purpose: REQUEST_PURPOSE, action: request.action, trace: request.traceId, ...labels },
    createdAt: at,
  };
}

export function requestIn(definition: RunDefinition): ActionRequest | undefined {
  const [operation] = definition.operations;
  return operation?.action === REQUEST_ACTION ? (operation.input as unknown as ActionRequest) : undefined;
}
