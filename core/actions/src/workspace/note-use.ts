/** When a workspace was used last, in the user's list. */

import type { ActionContext } from "../context.js";
import { registryOf } from "./info.js";

/** Never fails: that the list cannot be read or written stops no command. */
export async function noteUse(context: Pick<ActionContext, "environment" | "clock">, root: string): Promise<void> {
  await registryOf(context)
    .noteUse(root)
    .catch(() => {});
}
