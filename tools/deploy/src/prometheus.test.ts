/** What is deployed around the service fits it: alerts and the dashboard name metrics that there are, and Prometheus's own tool agrees. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { serviceMetrics } from "../../docs/src/service-metrics.js";
import { reasonWithout } from "./tool.js";

const deploy = fileURLToPath(new URL("../../../deploy/", import.meta.url));
const read = (path: string) => readFileSync(`${deploy}${path}`, "utf8");

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly id: number;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

/** Names of series, by the metric that they belong to. */
function seriesNames(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    serviceMetrics().flatMap(({ name, type, labelNames }) => {
      const names = type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
      return names.map((series): [string, readonly string[]] => [series, labelNames]);
    }),
  );
}

function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\bprovisioning_\w+/g)].map(([name]) => name))];
}

/** `name{label="…"}` whose label the metric does not have. Every series has those of the target. */
function foreignLabels(text: string): string[] {
  const series = seriesNames();
  return [...text.matchAll(/\b(provisioning_\w+)\{([^}]*)\}/g)].flatMap(([, name = "", labels = ""]) => {
    const known = new Set([...(series.get(name) ?? []), "job", "instance", "le"]);
    const used = [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label);
    return used.filter((label) => !known.has(label)).map((label) => `${name}{${label}}`);
  });
}

describe.each(["prometheus/alerts.yml", "prometheus/alerts.test.yml", "grafana/provisioning.json"])("%s", (path) => {
  const text = read(path).replaceAll('\\"', '"');

  it("names metrics that the service has", () => {
    const series = seriesNames();
    expect(namesIn(text).length).toBeGreaterThan(5);
    expect(namesIn(text).filter((name) => !series.has(name))).toEqual([]);
  });

  it("names labels that these metrics have", () => {
    expect(foreignLabels(text)).toEqual([]);
  });
});

describe("the dashboard", () => {
  const { panels } = JSON.parse(read("grafana/provisioning.json")) as Dashboard;

  it("shows every metric of the service's own", () => {
    const shown = namesIn(panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join("\n"));
    const own = serviceMetrics().filter(({ name }) => !/^provisioning_(?:process|nodejs)_/.test(name));
    expect(own.filter(({ name }) => !shown.some((series) => series.startsWith(name))).map(({ name }) => name)).toEqual([]);
  });

  it("has panels that do not lie on each other", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

const missing = reasonWithout("promtool");

describe.skipIf(missing !== undefined)(`promtool${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  it.each([
    ["check", "rules", "alerts.yml"],
    ["check", "config", "--syntax-only", "prometheus.yml"],
    ["test", "rules", "alerts.test.yml"],
  ])("%s %s %s", (...words) => {
    const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: `${deploy}prometheus`, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toContain("SUCCESS");
    expect(status).toBe(0);
  });
});
