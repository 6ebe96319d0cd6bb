/** Health of services: one line each, and what a failing check printed. */

import type { HealthReport, ServiceHealth } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderHealth(report: HealthReport, style: Style): string {
  if (report.services.length === 0) return `${style.red("✗")} ${report.infra}: nothing was checked.`;
  const table = renderTable(
    report.services,
    [
      { title: "", cell: (service) => (service.healthy ? style.green("✓") : style.red("✗")) },
      { title: "SERVER", cell: (service) => service.server },
      { title: "SERVICE", cell: (service) => service.name },
      { title: "HEALTH", cell: (service) => service.status },
      { title: "CHECKS", cell: describeChecks },
    ],
    style.width,
  );
  const outputs = report.services.flatMap((service) =>
    service.checks
      .filter((check) => !check.ok && check.output !== undefined && check.output !== "")
      .flatMap((check) => [
        "",
        `${service.name} on ${service.server}: ${check.title}`,
        ...(check.output ?? "")
          .trimEnd()
          .split("\n")
          .map((line) => style.dim(`  │ ${line}`)),
      ]),
  );
  return [table, ...outputs].join("\n");
}

function describeChecks(service: ServiceHealth): string {
  if (service.checks.length === 0) return service.detail ?? "-";
  return service.checks.map((check) => (check.ok ? check.title : `${check.title} FAILED`)).join(", ");
}
