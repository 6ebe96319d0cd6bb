/** What questions about the graph give. */

import type { ResourceLine } from "../state/recorded.js";

export interface FoundResource extends ResourceLine {
  /** Relations between it and what was asked about; 0 when the question was a condition. */
  readonly distance: number;
}

export interface GraphAnswer {
  readonly question: string;
  readonly resources: readonly FoundResource[];
}
