/** One line for people about a step. */

import { type Step, stepKind } from "./registry.js";

export function stepTitle(step: Step): string {
  return step.title ?? stepKind(step.kind)?.title(step) ?? step.id;
}
