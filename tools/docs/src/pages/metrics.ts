/** The reference of metrics. */

import { table } from "./table.js";

export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

const INTRO = `# Metrics

What the [service](../how-to/run-the-service.md) tells under \`/metrics\`, in the text format of Prometheus. This page is made from its registry
(\`npm run docs\` writes it). Alerts and a configuration for Prometheus are in \`deploy/prometheus/\`, a dashboard for Grafana is
\`deploy/grafana/provisioning.json\`.

Counters and histograms count what one process did: add up those of several replicas. Of a gauge that tells of the whole storage replicas
show the same number: take the maximum. A histogram \`x\` is \`x_bucket\`, \`x_sum\` and \`x_count\`.
`;

const VALUES = `## Labels

| label       | values                                                                                                     |
| ----------- | ---------------------------------------------------------------------------------------------------------- |
| \`action\`    | what an operation does: \`server.reconcile\`, \`action.invoke\` (a request), …; \`unknown\`: not read here       |
| \`code\`      | an [error code](errors.md)                                                                                 |
| \`infra\`     | the name of an infra                                                                                       |
| \`kind\`      | \`run\` or \`infra\`                                                                                           |
| \`operation\` | the call of the storage: \`submit\`, \`append\`, \`load\`, \`list\`, \`claim\`, \`acquire\`, \`heartbeat\`, \`release\`, … |
| \`outcome\`   | \`completed\` or \`failed\`, of one attempt                                                                    |
| \`priority\`  | -100 to 100                                                                                                |
| \`purpose\`   | why there is a run: \`request\`, \`apply\`, \`batch\`, \`workflow\`, …                                             |
| \`route\`     | the pattern of a path, such as \`/tasks/:id\`                                                                |
| \`status\`    | of a run: \`completed\`, \`failed\`, \`cancelled\`, \`rolledBack\`; of a request: the HTTP status                  |
| \`workflow\`  | the name of a batch workflow                                                                               |
`;

const OF_NODE = /^provisioning_(?:process|nodejs)_/;

export function metricsPage(metrics: readonly MetricDescription[]): string {
  const own = metrics.filter(({ name }) => !OF_NODE.test(name));
  const node = metrics.filter(({ name }) => OF_NODE.test(name));
  return [INTRO, "## Of the service\n", `${rows(own)}\n`, VALUES, "## Of the process\n", `${rows(node)}\n`].join("\n");
}

function rows(metrics: readonly MetricDescription[]): string {
  const sorted = [...metrics].sort((a, b) => (a.name < b.name ? -1 : 1));
  return table(
    ["name", "type", "labels", "meaning"],
    sorted.map(({ name, type, labelNames, help }) => [
      `\`${name}\``,
      type,
      labelNames.map((label) => `\`${label}\``).join(", "),
      help.endsWith(".") ? help : `${help}.`,
    ]),
  );
}
