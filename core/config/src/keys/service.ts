/** The service, and what workflows may do in it. */

import { choice, integer, text } from "../key-type.js";

const scope = "workspace";

export const serviceKeys = {
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
  "orchestrator.max_requests": integer(
    [1, 10_000],
    64,
    256,
    "Requests that may change something and be under way at the same time; more are refused.",
    { scope },
  ),
  "orchestrator.body_limit_kib": integer([1, 1_048_576], 1_024, 8_192, "Largest body of a request.", { unit: "KiB", scope }),
  "orchestrator.request_timeout_seconds": integer(
    [1, 3_600],
    30,
    120,
    "Time in which a client has to send its request; answers may take longer.",
    { unit: "seconds", scope },
  ),
  "orchestrator.action_timeout_seconds": integer(
    [1, 86_400],
    600,
    1_800,
    "Time limit of what is answered at once, such as a look at many servers.",
    { unit: "seconds", scope },
  ),
  "orchestrator.longest_wait_seconds": integer(
    [1, 604_800],
    3_600,
    300,
    "How long a request with `wait` stays open; after that the client gets the link of the task.",
    { unit: "seconds", scope },
  ),
  "orchestrator.confirmation_timeout_seconds": integer(
    [1, 604_800],
    600,
    3_600,
    "How long a task waits for the answer to its question; nobody who went away has agreed.",
    { unit: "seconds", scope },
  ),
  "orchestrator.idempotency_hours": integer([1, 8_760], 24, 72, "How long a key makes a repeated request the same one.", {
    unit: "hours",
    scope,
  }),
  "orchestrator.event_buffer": integer(
    [100, 1_000_000],
    10_000,
    50_000,
    "Last events of all runs that are kept in memory for readers that come back.",
    { unit: "events", scope },
  ),
  "orchestrator.stream_beat_seconds": integer(
    [1, 3_600],
    15,
    5,
    "A silent stream of events sends a comment this often, so that no proxy takes it for dead.",
    { unit: "seconds", scope },
  ),
  "orchestrator.ping_seconds": integer([1, 3_600], 30, 10, "Time between two pings of a WebSocket.", { unit: "seconds", scope }),
  "orchestrator.page_size": integer([1, 1_000], 50, 200, "Tasks on a page when a request names no limit.", {
    unit: "tasks",
    scope,
  }),
  "orchestrator.log_level": choice(["debug", "info", "warn", "error"], "info", "debug", "What the service writes into its log.", {
    scope,
  }),
  "orchestrator.log_max_mib": integer(
    [1, 10_240],
    64,
    16,
    "Size from which the log file of a service in the background is put aside and a new one begun.",
    { unit: "MiB", scope },
  ),
  "orchestrator.log_keep": integer([1, 1_000], 5, 20, "Log files that were put aside and are kept.", {
    unit: "files",
    scope,
  }),
  "orchestrator.command_log_max_mib": integer(
    [1, 10_240],
    5,
    20,
    "Size from which the log of the commands that the service was asked for is put aside and a new one begun.",
    { unit: "MiB", scope },
  ),
  "orchestrator.command_log_keep": integer([1, 1_000], 1, 5, "Logs of commands that were put aside and are kept.", {
    unit: "files",
    scope,
  }),
  "orchestrator.start_timeout_seconds": integer(
    [1, 3_600],
    30,
    120,
    "How long `orchestrator start --background` waits until the service is healthy.",
    { unit: "seconds", scope },
  ),
  "orchestrator.stop_timeout_seconds": integer(
    [1, 3_600],
    30,
    120,
    "How long `orchestrator stop` waits until the service has ended; it gives its tasks 12 seconds to come to rest.",
    { unit: "seconds", scope },
  ),
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
