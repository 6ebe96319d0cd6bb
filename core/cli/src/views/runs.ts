/** A list of runs. */

import type { OutputOf } from "@provisioning/actions";
import { formatInstant } from "./duration.js";
import { renderTable } from "./table.js";

/** From so many columns on the year fits into the line. */
const WITH_YEAR = 96;
const YEAR = "2026-".length;

export function renderRuns(runs: OutputOf<"run.list">, width?: number): string {
  const isNarrow = width !== undefined && width < WITH_YEAR;
  return renderTable(
    runs,
    [
      { title: "ID", cell: (run) => run.id },
      { title: "NAME", cell: (run) => run.name },
      { title: "STATUS", cell: (run) => run.status },
      { title: "DONE", cell: (run) => `${run.completed}/${run.operations}` },
      { title: "CREATED", cell: (run) => formatInstant(run.createdAt).slice(isNarrow ? YEAR : 0) },
    ],
    width,
  );
}
