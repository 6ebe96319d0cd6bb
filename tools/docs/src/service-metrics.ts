/** The metrics that the service has, without a service. */

import { createMetrics } from "../../../platform/orchestrator/src/metrics/metrics.js";
import type { MetricDescription } from "./pages/metrics.js";

export function serviceMetrics(): readonly MetricDescription[] {
  const sources = {
    open: () => 0,
    limit: () => 0,
    depths: () => new Map(),
    active: () => 0,
    slots: () => [],
    leases: () => new Map(),
    storage: () => "",
  };
  const { registry } = createMetrics(sources, "0.0.0");
  const metrics = registry.getMetricsAsArray() as unknown as readonly (Omit<MetricDescription, "type"> & object)[];
  return metrics.map((metric) => {
    const { name, help, labelNames } = metric;
    return { name, help, labelNames, type: metric.constructor.name.toLowerCase() };
  });
}
