import { loadConfig } from "@provisioning/config";
import { providerName } from "@provisioning/model";
import { expect, it } from "vitest";
import { providerSettings, serverAccessLimits } from "./configured.js";

const config = await loadConfig({
  defaultsFile: "none",
  flags: {
    "ssh.connect_timeout_seconds": 3,
    "ssh.keepalive_seconds": 4,
    "ssh.idle_seconds": 5,
    "ssh.lock_wait_seconds": 6,
    "ssh.read_wait_seconds": 7,
    "servers.script_runner": "/opt/runner",
    "local.network_prefix": 26,
  },
});

it("gives servers what the configuration says; who only looks waits for less", () => {
  expect(serverAccessLimits(config, "write")).toEqual({
    connection: { connectTimeoutMs: 3_000, keepaliveMs: 4_000 },
    idleMs: 5_000,
    lockWaitSeconds: 6,
    scriptRunner: "/opt/runner",
  });
  expect(serverAccessLimits(config, "read").lockWaitSeconds).toBe(7);
});

it("gives a provider its own section", () => {
  const settings = providerSettings(config, providerName("local"));
  expect(settings).toMatchObject({ image: "provisioning-server:bookworm", engine: "auto", network_prefix: 26, apt_sources: [] });
  expect(providerSettings(config, providerName("upcloud"))).toEqual({});
});
