/** All that cannot be without a resource: what would be touched if it went away. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { resourceLineShape } from "../state/recorded.js";
import type { GraphAnswer } from "./answer.js";
import { queryGraph } from "./query.js";

export interface DependentsInput {
  readonly infra?: string;
  /** An address, or a name: `etcd` is every etcd. */
  readonly resource: string;
}

export const listDependents = defineAction<DependentsInput, GraphAnswer>({
  name: "graph.dependents",
  cedar: { action: "listDependents", resource: "Workspace" },
  effect: "read",
  summary: "Lists all that cannot be without a resource, nearest first.",
  input: z.strictObject({ infra: z.exactOptional(z.string()), resource: z.string().check(z.regex(/^\S+$/)) }),
  output: z.strictObject({
    question: z.string(),
    resources: z.array(z.strictObject({ ...resourceLineShape, distance: z.int() })),
  }),
  run: (context, { resource, ...rest }) => queryGraph.run(context, { ...rest, question: `dependents of ${resource}` }),
});
