/** What is deployed on one machine: the unit is one that systemd understands, the composition gives its replicas what they need. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG_KEYS, type ConfigKeyName, variableOf } from "@provisioning/config";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { reasonWithout } from "./tool.js";

const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
const unit = readFileSync(`${root}/deploy/systemd/provisioning-orchestrator@.service`, "utf8");
const missing = reasonWithout("systemd-analyze");

describe("the unit", () => {
  it.skipIf(missing !== undefined)(`is understood by systemd ${missing ?? ""}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "provisioning-unit-"));
    try {
      const file = join(folder, "provisioning-orchestrator@srv-shop.service");
      writeFileSync(file, unit.replaceAll("/opt/provisioning", root).replaceAll("/usr/bin/node", process.execPath));
      const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
      const findings = `${stdout}${stderr}`.split("\n").filter((line) => line.includes("provisioning-orchestrator"));
      expect(findings).toEqual([]);
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("starts the command that there is, with the workspace of its instance", () => {
    expect(unit).toMatch(
      /^ExecStart=\/usr\/bin\/node \/opt\/provisioning\/core\/cli\/provisioning orchestrator start --workspace %f$/m,
    );
  });

  it("gives no more rights than it needs", () => {
    for (const line of [
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "ProtectSystem=strict",
      "ReadWritePaths=%f",
      "UMask=0077",
    ])
      expect(unit.split("\n")).toContain(line);
  });
});

interface Composition {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly network_mode: string;
        readonly command: readonly string[];
        readonly environment: Readonly<Record<string, string>>;
        readonly tmpfs: readonly string[];
        readonly healthcheck: { readonly test: readonly string[] };
      }
    >
  >;
}

describe("the composition", () => {
  const { services } = parse(readFileSync(`${root}/deploy/compose/compose.yaml`, "utf8"), { merge: true }) as Composition;
  const replicas = Object.entries(services).filter(([name]) => name.startsWith("orchestrator-"));

  it("has replicas on ports of their own that look after themselves there", () => {
    const ports = replicas.map(([, { command }]) => command.at(-1));
    expect(replicas.length).toBeGreaterThan(1);
    expect(new Set(ports).size).toBe(replicas.length);
    for (const [, { command, healthcheck }] of replicas)
      expect(healthcheck.test.at(-1)).toContain(`127.0.0.1:${command.at(-1)}/health`);
  });

  it("opens nothing to other machines", () => {
    expect(services.database?.command).toContain("listen_addresses=127.0.0.1");
    for (const [, { network_mode }] of replicas) expect(network_mode).toBe("host");
  });

  it("gives each replica its own place for address and token, and variables that the service knows", () => {
    const known = new Set(Object.keys(CONFIG_KEYS).map((key) => variableOf(key as ConfigKeyName)));
    for (const [, { tmpfs, environment }] of replicas) {
      expect(tmpfs).toContainEqual(expect.stringMatching(/^\/workspace\/runtime\/orchestrator:uid=/));
      const own = Object.keys(environment).filter(
        (name) => name.startsWith("PROVISIONING_") && name !== "PROVISIONING_WORKSPACE",
      );
      expect(own.filter((name) => !known.has(name))).toEqual([]);
    }
  });
});
