/** What a rollback may undo: only what this run made. What was there before was changed in place and stays as it is now. */

import { ProvisioningError } from "@provisioning/model";
import type { CompensationContext, OperationHandler } from "@provisioning/workflow";

/** Undoes with `undo` what was created. @throws ProvisioningError CHANGE_NOT_UNDONE for what was there before */
export function undoCreation(
  undo: (context: CompensationContext) => Promise<unknown>,
): NonNullable<OperationHandler["compensate"]> {
  return async (context) => {
    const { operation } = context;
    if (operation.input.change !== "create") {
      throw new ProvisioningError({
        code: "CHANGE_NOT_UNDONE",
        message: `"${operation.title}" changed ${operation.address}, which was there before this run; it was left as it is now.`,
        hint: "Put the earlier definition back and apply it.",
        details: { address: operation.address },
      });
    }
    await undo(context);
  };
}

/** For what only looked: there is nothing that could differ. */
export const nothingToUndo = {
  compensate: () => Promise.resolve(),
  undoesHalves: true,
  inspect: () => Promise.resolve(null),
} satisfies Partial<OperationHandler>;
