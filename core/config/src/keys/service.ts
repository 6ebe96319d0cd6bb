/** The service, and what workflows may do in it. */

import { choice, integer, text } from "../key-type.js";

const scope = "workspace";

export const serviceKeys = {
  "notifications.allow_private_addresses": choice(
    ["no", "yes"],
    "no",
    "yes",
    "Whether workflows may send notifications to addresses of private networks and of this machine.",
  ),
  "notifications.timeout_seconds": integer([1, 300], 15, 30, "Time for sending one notification, its answer included.", {
    unit: "seconds",
  }),
  "batch.template_timeout_seconds": integer(
    [1, 86_400],
    300,
    900,
    "Time limit of an operation that comes from a template and names none.",
    { unit: "seconds" },
  ),
  "workflows.max_document_kib": integer([1, 1_048_576], 4_096, 16_384, "Largest file that is read as a workflow document.", {
    unit: "KiB",
  }),
  "workflows.service_environment": text(
    "",
    "REGION,STAGE",
    "Variables of the service's environment that workflow documents may use, separated by commas; `*`: all. Commands may use all of theirs.",
  ),
  "dashboard.url": text(
    "",
    "http://127.0.0.1:3000/d/provisioning",
    "What `dashboard open` opens, such as a dashboard of Grafana; empty: the page of the running service.",
  ),
  "orchestrator.port": integer([0, 65_535], 8080, 9090, "Port on which the service listens; 0: any free one.", { scope }),
  "orchestrator.workers": integer([1, 10_000], 64, 16, "Runs that the service carries out at the same time.", { scope }),
  "orchestrator.max_queued": integer(
    [1, 1_000_000],
    10_000,
    1_000,
    "Tasks that may wait or run; more are refused until some have ended.",
    { scope },
  ),
  "orchestrator.max_streams": integer([1, 100_000], 1_000, 100, "Event streams that may be open at the same time.", { scope }),
  "orchestrator.metrics_path": text("/metrics", "/internal/metrics", "Path under which the service tells its metrics.", {
    scope,
  }),
  "orchestrator.otlp_endpoint": text(
    "",
    "http://127.0.0.1:4318",
    "Collector of OpenTelemetry traces over HTTP; empty: no traces are sent.",
    { scope },
  ),
} as const;
