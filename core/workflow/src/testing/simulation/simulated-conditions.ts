/** Conditions of a simulation: `after <moment>` holds from then on, `never` does not, `broken` cannot be evaluated. */

import type { Instant } from "@provisioning/model";
import type { Conditions } from "../../condition.js";

export function isOpenAt(expression: string, now: Instant): boolean {
  return expression.startsWith("after ") && Number(expression.slice("after ".length)) <= now;
}

export function createSimulatedConditions(now: () => Instant): Conditions {
  return {
    check: (expression) => (/^(after \d+|never|broken)$/.test(expression) ? undefined : "it is not known"),
    async holds(expression) {
      if (expression === "broken") throw new Error("it refers to nothing");
      return isOpenAt(expression, now());
    },
  };
}
