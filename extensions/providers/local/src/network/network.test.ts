import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffNetwork } from "./handler.js";
import {
  formatIpv4,
  formatRange,
  freeAddress,
  freeRanges,
  parseIpv4,
  parseRange,
  parseRoutes,
  rangesOverlap,
  requireRange,
} from "./ipv4.js";

const POOL = { range: requireRange("10.213.0.0/16"), networkPrefix: 24 };

describe("ranges", () => {
  it("read back as written, with the host part cut off", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (ip) => parseIpv4(formatIpv4(ip)) === ip));
    expect(formatRange(requireRange("10.20.30.40/24"))).toBe("10.20.30.0/24");
  });

  it.each(["10.0.0.0", "10.0.0.256/24", "10.0.0.0/33", "fd00::/64", "10.0.0.0/30", ""])("refuses %j", (text) => {
    expect(() => requireRange(text)).toThrowError(expect.objectContaining({ code: "NETWORK_RANGE_INVALID" }));
  });

  it("overlap when one holds the other", () => {
    const range = (text: string) => requireRange(text);
    expect(rangesOverlap(range("10.0.0.0/8"), range("10.213.4.0/24"))).toBe(true);
    expect(rangesOverlap(range("10.213.4.0/24"), range("10.213.5.0/24"))).toBe(false);
  });

  it("are chosen free of all that are taken, the same one each time", () => {
    const range = fc
      .record({ base: fc.integer({ min: 0, max: 255 }), prefix: fc.integer({ min: 20, max: 28 }) })
      .map(({ base, prefix }) => {
        const parsed = parseRange(`10.213.${base}.0/${prefix}`);
        if (parsed === undefined) throw new Error("unreachable");
        return parsed;
      });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), fc.string(), (taken, seed) => {
        const free = freeRanges(POOL, taken, seed);
        expect(free.every((each) => !taken.some((other) => rangesOverlap(each, other)))).toBe(true);
        expect(freeRanges(POOL, taken, seed)).toEqual(free);
      }),
    );
    expect(freeRanges(POOL, [], "x")).toHaveLength(256);
    expect(freeRanges(POOL, [requireRange("10.0.0.0/8")], "x")).toEqual([]);
    const small = { range: requireRange("172.30.0.0/22"), networkPrefix: 23 };
    expect(freeRanges(small, [], "x").map(formatRange).sort()).toEqual(["172.30.0.0/23", "172.30.2.0/23"]);
  });
});

describe("freeAddress", () => {
  const range = requireRange("10.213.7.0/28");

  it("gives each server its own until none is left", () => {
    const taken = new Set<string>();
    for (let index = 0; index < 11; index += 1) taken.add(freeAddress(range, taken, `server-${index}`));
    expect(taken.size).toBe(11);
    expect([...taken].every((address) => /^10\.213\.7\.(?:[4-9]|1[0-4])$/.test(address))).toBe(true);
    expect(() => freeAddress(range, taken, "one-more")).toThrowError(expect.objectContaining({ code: "NETWORK_FULL" }));
  });

  it("gives a server the same one again", () => {
    expect(freeAddress(range, new Set(), "db-01")).toBe(freeAddress(range, new Set(), "db-01"));
  });
});

describe("parseRoutes", () => {
  it("reads the kernel's table and leaves out the default route", () => {
    const table = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
      "br-1\t0021D50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    ].join("\n");
    expect(parseRoutes(table).map(formatRange)).toEqual(["172.17.0.0/16", "10.213.33.0/24"]);
  });
});

describe("diffNetwork", () => {
  it("replaces for another range, and takes two spellings of one as equal", () => {
    expect(diffNetwork({ name: "lan", cidr: "10.1.0.0/24" }, { id: "1", cidr: "10.2.0.0/24" }).replace).toBe(true);
    expect(diffNetwork({ name: "lan", cidr: "10.1.0.7/24" }, { id: "1", cidr: "10.1.0.0/24" }).fields).toEqual([]);
    expect(diffNetwork({ name: "lan" }, { id: "1", cidr: "10.1.0.0/24" }).fields).toEqual([]);
  });

  it("replaces for servers that may reach each other no more, or again", () => {
    const isolated = { name: "lan", isolated: true };
    expect(diffNetwork(isolated, { id: "1" }).replace).toBe(true);
    expect(diffNetwork({ name: "lan" }, { id: "1", isolated: true }).replace).toBe(true);
    expect(diffNetwork(isolated, { id: "1", isolated: true }).fields).toEqual([]);
    expect(diffNetwork({ name: "lan", isolated: false }, { id: "1" }).fields).toEqual([]);
  });
});
