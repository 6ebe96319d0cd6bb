/** What is recorded of all resources of a workspace, one line each. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { lineOf, type RecordedInput, recordedResources, type ResourceLine, resourceLineShape } from "./recorded.js";

export const listState = defineAction<RecordedInput, readonly ResourceLine[]>({
  name: "state.list",
  cedar: { action: "listState", resource: "Workspace" },
  effect: "read",
  summary: "Lists the recorded resources of a workspace.",
  input: z.strictObject({ infra: z.exactOptional(z.string()) }),
  output: z.array(z.strictObject(resourceLineShape)),
  run: async (context, input) => (await recordedResources(context, input)).map(lineOf),
});
