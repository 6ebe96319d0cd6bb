import { type TaskservName, taskservName } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { type Requirements, resolveRequirements } from "./index.js";

function catalogOf(entries: Record<string, { requires?: string[]; conflictsWith?: string[] }>): Map<TaskservName, Requirements> {
  return new Map(
    Object.entries(entries).map(([name, { requires = [], conflictsWith = [] }]) => [
      taskservName(name),
      { requires: requires.map(taskservName), conflictsWith: conflictsWith.map(taskservName) },
    ]),
  );
}

const names = (...values: string[]) => values.map(taskservName);

describe("resolveRequirements", () => {
  it("adds what is required, dependencies first, and says for whom", () => {
    const catalog = catalogOf({
      containerd: {},
      etcd: { requires: ["containerd"] },
      kubernetes: { requires: ["etcd"] },
      cilium: { requires: ["kubernetes"] },
    });
    const resolved = resolveRequirements(names("cilium"), catalog);
    expect(resolved.order).toEqual(["containerd", "etcd", "kubernetes", "cilium"]);
    expect(resolved.requiredBy.get(taskservName("etcd"))).toBe("kubernetes");
    expect(resolved.requiredBy.has(taskservName("cilium"))).toBe(false);
    expect(resolved.findings).toEqual([]);
  });

  it("reports an unknown name with who needs it", () => {
    const resolved = resolveRequirements(names("a", "zzz"), catalogOf({ a: { requires: ["nope"] } }));
    expect(resolved.findings).toContainEqual({ type: "unknown", taskserv: "nope", neededBy: "a" });
    expect(resolved.findings).toContainEqual({ type: "unknown", taskserv: "zzz" });
  });

  it("reports a conflict once, whichever side declares it", () => {
    const both = catalogOf({ docker: { conflictsWith: ["containerd"] }, containerd: { conflictsWith: ["docker"] } });
    expect(resolveRequirements(names("docker", "containerd"), both).findings).toHaveLength(1);
    const one = catalogOf({ docker: {}, k8s: { requires: ["containerd"] }, containerd: { conflictsWith: ["docker"] } });
    expect(resolveRequirements(names("docker", "k8s"), one).findings).toEqual([
      { type: "conflict", taskserv: "containerd", other: "docker" },
    ]);
  });

  it("reports a cycle with its path and no order", () => {
    const resolved = resolveRequirements(
      names("a"),
      catalogOf({ a: { requires: ["b"] }, b: { requires: ["c"] }, c: { requires: ["a"] } }),
    );
    expect(resolved.order).toEqual([]);
    expect(resolved.findings).toEqual([{ type: "cycle", path: ["a", "b", "c"] }]);
  });
});
