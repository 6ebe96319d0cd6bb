/** What was found on this machine, each with its fix. */

import type { MachineFinding } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderFindings(findings: readonly MachineFinding[], style: Style): string {
  const table = renderTable(
    findings,
    [
      { title: "", cell: (finding) => (finding.ok ? style.green("✓") : finding.required ? style.red("✗") : style.dim("·")) },
      { title: "WHAT", cell: (finding) => finding.title },
      { title: "FOUND", cell: (finding) => finding.found },
    ],
    style.width,
  );
  const fixes = findings
    .filter((finding) => !finding.ok && finding.fix !== undefined)
    .flatMap((finding) => [
      "",
      `${style.cyan("→")} ${finding.title}: ${finding.fix?.text}`,
      ...(finding.fix?.commands ?? []).map((words) => `    ${words.join(" ")}`),
    ]);
  return [table, ...fixes].join("\n");
}
