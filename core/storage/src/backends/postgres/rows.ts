/** Rows of the table `runs` and the summaries they hold. */

import type { InfraName, Instant, RunId, RunStatus } from "@provisioning/model";
import type { RunSummary, Version } from "../../ports/run-store.js";

/** What never changes of a run and is only shown. */
type About = Pick<RunSummary, "name" | "labels" | "operations" | "priority" | "notBefore">;

export interface RunRow {
  readonly [column: string]: unknown;
  readonly id: RunId;
  readonly infra: InfraName;
  readonly created_at: Instant;
  readonly about: About;
  readonly status: RunStatus;
  readonly version: Version;
  readonly updated_at: Instant;
  readonly completed: number;
  readonly failed: number;
}

export const RUN_COLUMNS = "id, infra, created_at, about, status, version, updated_at, completed, failed";

export function aboutOf({ name, labels, operations, priority, notBefore }: RunSummary): About {
  return {
    name,
    labels,
    operations,
    ...(priority === undefined ? {} : { priority }),
    ...(notBefore === undefined ? {} : { notBefore }),
  };
}

export function summaryOf(row: RunRow): RunSummary {
  const { id, infra, created_at, about, status, version, updated_at, completed, failed } = row;
  return { id, infra, status, createdAt: created_at, updatedAt: updated_at, version, completed, failed, ...about };
}
