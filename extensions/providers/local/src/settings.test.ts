import { CONFIG_KEYS } from "@provisioning/config";
import { describe, expect, it } from "vitest";
import { formatRange, freeRanges } from "./network/ipv4.js";
import { localSettings } from "./settings.js";

describe("the settings of the provider", () => {
  it("without any are the defaults of the configuration", () => {
    const defaults = Object.entries(CONFIG_KEYS)
      .filter(([key]) => key.startsWith("local."))
      .map(([key, { default: value }]) => [key.slice("local.".length), value as string]);
    expect(localSettings(Object.fromEntries(defaults))).toEqual(localSettings({}));
  });

  it("decide limits, times, networks and where packages come from", () => {
    const settings = localSettings({
      batch_size: 2,
      rate: 7,
      boot_timeout_seconds: 300,
      removal_timeout_seconds: 60,
      network_pool: "172.30.0.0/16",
      network_prefix: 26,
      apt_sources: ["deb http://mirror.example.com/debian bookworm main"],
      registry_timeout_seconds: 5,
      image_build_minutes: 2,
    });
    expect(settings).toMatchObject({
      limits: { batchSize: 2, rate: 7 },
      bootTimeoutMs: 300_000,
      removalTimeoutMs: 60_000,
      image: {
        aptSources: { lines: ["deb http://mirror.example.com/debian bookworm main"] },
        registrySilenceMs: 5_000,
        buildTimeoutMs: 120_000,
      },
    });
    expect(formatRange(freeRanges(settings.addressPool, [], "a")[0] as never)).toMatch(/^172\.30\.\d+\.\d+\/26$/);
  });

  it.each([{ network_pool: "nowhere" }, { network_pool: "10.0.0.0/24", network_prefix: 16 }])("refuse %j", (given) => {
    expect(() => localSettings(given)).toThrowError(expect.objectContaining({ code: "NETWORK_RANGE_INVALID" }));
  });
});
