/** Servers and what runs on them. */

import type { ServerStatus, TaskservStatus } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderStatus(servers: readonly ServerStatus[], style: Style): string {
  const taskservs = servers.flatMap((server) => server.taskservs);
  return [renderServers(servers, style), "", renderTaskservs(taskservs, style)].join("\n");
}

export function renderServers(servers: readonly ServerStatus[], style: Style): string {
  if (servers.length === 0) return "There are no servers. Make them with: provisioning apply";
  const table = renderTable(
    servers,
    [
      { title: "", cell: (server) => (server.status === "running" ? style.green("✓") : style.yellow("-")) },
      { title: "SERVER", cell: (server) => server.name },
      { title: "STATUS", cell: (server) => server.status },
      { title: "PLAN", cell: (server) => server.plan },
      { title: "ROLE", cell: (server) => server.role ?? "-" },
      { title: "PROVIDER", cell: (server) => server.provider },
      { title: "ADDRESS", cell: (server) => server.address ?? "-" },
      { title: "SSH", cell: (server) => server.ssh ?? "-" },
    ],
    style.width,
  );
  const left = servers.filter((server) => !server.described).map((server) => server.name);
  return left.length === 0 ? table : `${table}\n! No longer described, apply would destroy: ${left.join(", ")}`;
}

export function renderTaskservs(taskservs: readonly TaskservStatus[], style: Style): string {
  if (taskservs.length === 0) return "Nothing is installed. Install with: provisioning apply";
  return renderTable(
    taskservs,
    [
      {
        title: "",
        cell: (item) =>
          item.status === "ready" ? style.green("✓") : item.status === "failed" ? style.red("✗") : style.yellow("-"),
      },
      { title: "SERVER", cell: (item) => item.server },
      { title: "TASKSERV", cell: (item) => item.name },
      { title: "VERSION", cell: (item) => item.version ?? "-" },
      { title: "STATUS", cell: (item) => item.status },
      { title: "REACH IT AT", cell: (item) => item.endpoints.map((endpoint) => endpoint.url).join(" ") || "-" },
      { title: "BECAUSE OF", cell: (item) => item.requiredBy ?? "-" },
    ],
    style.width,
  );
}
