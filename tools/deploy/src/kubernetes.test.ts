/** The manifests build without a cluster, and fit together and to the service. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CONFIG_KEYS, type ConfigKeyName, variableOf } from "@provisioning/config";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { reasonWithout } from "./tool.js";

const kubernetes = fileURLToPath(new URL("../../../deploy/kubernetes/", import.meta.url));
const missing = reasonWithout("kubectl");

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: never;
}

interface Workload {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly containers: readonly {
        readonly image: string;
        readonly env: readonly { readonly name: string; readonly value?: string }[];
        readonly securityContext: object;
        readonly startupProbe: { readonly exec: { readonly command: readonly string[] } };
        readonly volumeMounts: readonly { readonly mountPath: string }[];
      }[];
    };
  };
}

function build(folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", `${kubernetes}${folder}`], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

function workloadOf(manifests: readonly Manifest[]): Workload {
  const found = manifests.find(({ kind }) => kind === "StatefulSet");
  if (found === undefined) throw new Error("there is no StatefulSet");
  return found.spec;
}

const variables = new Set(Object.keys(CONFIG_KEYS).map((key) => variableOf(key as ConfigKeyName)));
const overlays = readdirSync(`${kubernetes}overlays`).map((name) => `overlays/${name}`);

describe.skipIf(missing !== undefined)(`manifests${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  it.each(["base", ...overlays])("of %s build, in one namespace", (folder) => {
    const manifests = build(folder);
    expect(manifests.length).toBeGreaterThanOrEqual(5);
    const elsewhere = manifests.filter(({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== "provisioning");
    expect(elsewhere).toEqual([]);
  });

  it.each(overlays)("of %s give the service variables that it knows, and nothing that it may not have", (folder) => {
    const [container] = workloadOf(build(folder)).template.spec.containers;
    const own = container?.env.filter(({ name }) => name.startsWith("PROVISIONING_")) ?? [];
    expect(own.length).toBeGreaterThan(1);
    expect(own.map(({ name }) => name).filter((name) => name !== "PROVISIONING_WORKSPACE" && !variables.has(name))).toEqual([]);
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container?.startupProbe.exec.command.at(-1)).toContain("http://127.0.0.1:8080/health");
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toContain("/workspace/runtime/orchestrator");
  });

  it("keep everything in files while developing, and in a database with several replicas", () => {
    const typeIn = (folder: string) => {
      const { replicas, template } = workloadOf(build(folder));
      return [replicas, template.spec.containers[0]?.env.find(({ name }) => name === "PROVISIONING_STORAGE_TYPE")?.value];
    };
    expect(typeIn("overlays/development")).toEqual([1, "filesystem"]);
    expect(typeIn("overlays/production")).toEqual([3, "postgres"]);
    expect(JSON.stringify(build("overlays/development"))).not.toContain("DATABASE");
  });

  it("let nobody in, as long as the service knows no identities", () => {
    for (const folder of overlays) {
      const manifests = build(folder);
      expect(manifests.some(({ kind }) => kind === "Service" || kind === "Ingress")).toBe(false);
      expect(manifests.find(({ kind }) => kind === "NetworkPolicy")?.spec).toMatchObject({ ingress: [] });
    }
  });

  it("have no secret in them", () => {
    expect(readdirSync(kubernetes, { recursive: true, encoding: "utf8" }).filter((path) => /secret/i.test(path))).toEqual([]);
    expect(readFileSync(`${kubernetes}base/orchestrator.yaml`, "utf8")).not.toMatch(/password:|kind: Secret/i);
  });
});
