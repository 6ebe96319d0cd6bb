/** `provider_agnostic = False`: a workflow is for certain providers, and none of its operations may reach others unseen. */

import type { BatchWorkflow, Diagnostic } from "@provisioning/model";
import { problem } from "./problem.js";

/** Operations that would work on the servers of all providers. */
export function unboundOperations({ providerAgnostic, operations }: BatchWorkflow): readonly Diagnostic[] {
  if (providerAgnostic) return [];
  return operations.flatMap((operation) => {
    if (operation.providers.length > 0) return [];
    const field = operation.region === undefined ? "providers" : "provider";
    const written = field === "provider" ? 'provider = "…"' : 'providers = ["…"]';
    return problem({
      code: "BATCH_PROVIDER_MISSING",
      summary: `${operation.id} names no provider, and this workflow has provider_agnostic = False.`,
      hint: `Write ${written} in it, or leave out provider_agnostic: then it is for all providers.`,
      about: operation,
      field,
    });
  });
}
