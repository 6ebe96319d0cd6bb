/** A list of runs. */

import type { OutputOf } from "@provisioning/actions";
import { formatInstant } from "./duration.js";
import { renderTable } from "./table.js";

export function renderRuns(runs: OutputOf<"run.list">, width?: number): string {
  return renderTable(
    runs,
    [
      { title: "ID", cell: (run) => run.id },
      { title: "NAME", cell: (run) => run.name },
      { title: "STATUS", cell: (run) => run.status },
      { title: "DONE", cell: (run) => `${run.completed}/${run.operations}` },
      { title: "CREATED", cell: (run) => formatInstant(run.createdAt) },
    ],
    width,
  );
}
