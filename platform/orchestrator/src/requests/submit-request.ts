/** Accepts a request for an action. */

import type { Accepted } from "@provisioning/api";
import { type InfraName, infraName, ProvisioningError } from "@provisioning/model";
import { chosenInfra } from "@provisioning/actions";
import type { RequestKey } from "../idempotency.js";
import type { Service } from "../service.js";
import { submit } from "../submit.js";
import { type ActionRequest, requestRun } from "./request.js";

export interface RequestSubmission {
  readonly request: ActionRequest;
  readonly infra: InfraName;
  readonly title: string;
  readonly idempotencyKey: RequestKey | undefined;
}

export function submitRequest(service: Service, { request, infra, title, idempotencyKey }: RequestSubmission): Promise<Accepted> {
  const at = service.options.context.clock.now();
  return submit(service, {
    idempotencyKey,
    definition: (id) => requestRun({ request, infra, title, at, id }),
  });
}

/** The infra that is meant; of a workspace with several one must be named. @throws ProvisioningError INFRA_UNKNOWN, INFRA_AMBIGUOUS */
export async function requestInfra({ workspace }: Service, wanted: string | undefined): Promise<InfraName> {
  try {
    return await chosenInfra(workspace, wanted);
  } catch (error) {
    // What was removed from the definition can still be asked about, and a workspace need not have any.
    if (!(error instanceof ProvisioningError) || wanted !== undefined) throw error;
    return infraName("workspace");
  }
}
