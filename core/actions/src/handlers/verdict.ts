/** What came of the items of an operation of a workflow, when all have ended. */

import { counted, type Json, type OperationId, ProvisioningError, textOf } from "@provisioning/model";
import type { OperationContext } from "@provisioning/workflow";

/** @throws ProvisioningError BATCH_PARTIAL when all failed, or when some did, as the operation asks */
export function judge({ operation, outputOf }: OperationContext): Promise<Json> {
  const { members, fails, operation: name } = operation.input;
  const items = members as readonly (readonly OperationId[])[];
  const done = items.filter((ids) => ids.every((id) => outputOf(id) !== undefined)).length;
  const isFailed = fails === "all" ? done === 0 : done < items.length;
  if (!isFailed) return Promise.resolve({ items: items.length, done });
  return Promise.reject(
    new ProvisioningError({
      code: "BATCH_PARTIAL",
      message: `${done} of ${counted(items.length, "item")} of ${textOf(name)} succeeded.`,
      hint: "What failed is shown above; put it right and go on with: provisioning batch retry last",
    }),
  );
}
