/** What is wrong with how a batch workflow wants to be watched. What cannot be done is refused, by name, before anything is touched. */

import type { Config } from "@provisioning/config";
import type { BatchWorkflow, Diagnostic, MonitoringConfig } from "@provisioning/model";
import { storageType } from "../storage/choice.js";
import { tracesAddress } from "../telemetry/span-export.js";

/** Where a service tells its metrics, workflows included, that want no place of their own. */
export const SHARED_METRICS_PATH = "/metrics";

/** First parts of the paths that the service answers itself. */
export const SERVICE_PATHS: ReadonlySet<string> = new Set([
  "actions",
  "docs",
  "events",
  "health",
  "openapi.json",
  "tasks",
  "workflows",
  "ws",
]);

const LONGEST_PATH = 200;

export function monitoringProblems({ monitoring, position, positions }: BatchWorkflow, config: Config): readonly Diagnostic[] {
  const place = positions.monitoring ?? position;
  return [pathProblem(monitoring), storeProblem(monitoring, config), endpointProblem(monitoring)].flatMap((found) =>
    found === undefined
      ? []
      : [
          {
            severity: "error",
            code: "BATCH_MONITORING_INVALID",
            ...found,
            ...(place === undefined ? {} : { position: place }),
          } as const,
        ],
  );
}

type Finding = Pick<Diagnostic, "summary" | "hint">;

function pathProblem({ metricsEndpoint: path }: MonitoringConfig): Finding | undefined {
  const isPath = path.length <= LONGEST_PATH && /^(?:\/(?!\.\.?(?:\/|$))[\w.~-]+)+$/.test(path);
  const shown = JSON.stringify(path.slice(0, LONGEST_PATH));
  const hint = "Choose one of its own, such as /metrics/shop, or leave out metrics_endpoint.";
  if (!isPath) return { summary: `metrics_endpoint is ${shown}, which is no path that a service can answer.`, hint };
  const [, first = ""] = path.split("/");
  if (!SERVICE_PATHS.has(first)) return undefined;
  return { summary: `metrics_endpoint is ${shown}, and below /${first} the service answers something else.`, hint };
}

/** `rkvs`: what the workspace uses. The others say what they want, and a run is kept where all runs of the workspace are. */
function storeProblem({ stateStore }: MonitoringConfig, config: Config): Finding | undefined {
  const wanted = stateStore === "rkvs" ? undefined : stateStore === "file" ? "filesystem" : "postgres";
  const used = storageType(config);
  if (wanted === undefined || wanted === used) return undefined;
  return {
    summary: `state_store is ${JSON.stringify(stateStore)}, but this workspace keeps its runs in ${used}.`,
    hint: `Move them: provisioning storage migrate --to ${wanted}, or leave out state_store.`,
  };
}

function endpointProblem({ telemetry: { enabled, endpoint } }: MonitoringConfig): Finding | undefined {
  if (!enabled || endpoint === undefined || tracesAddress(endpoint) !== undefined) return undefined;
  const summary = `The endpoint of telemetry is ${JSON.stringify(endpoint.slice(0, LONGEST_PATH))}, which is no address.`;
  return { summary, hint: "Say the address of a collector, such as http://127.0.0.1:4318." };
}
