/** IPv4 ranges as numbers: parsing, overlap, and the choice of free ones. Pure. */

import { ProvisioningError } from "@provisioning/model";

export interface Ipv4Range {
  /** First address. */
  readonly base: number;
  /** Length of the prefix, 0 to 32. */
  readonly prefix: number;
}

export function parseIpv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function parseRange(text: string): Ipv4Range | undefined {
  const [address = "", prefixText = ""] = text.split("/");
  const ip = parseIpv4(address);
  const prefix = Number(prefixText);
  if (ip === undefined || !/^\d{1,2}$/.test(prefixText) || prefix > 32) return undefined;
  return { base: ip - (ip % rangeSize(prefix)), prefix };
}

/** @throws ProvisioningError NETWORK_RANGE_INVALID */
export function requireRange(text: string): Ipv4Range {
  const range = parseRange(text);
  if (range !== undefined && range.prefix <= 29 && range.prefix >= 8) return range;
  throw new ProvisioningError({
    code: "NETWORK_RANGE_INVALID",
    message: `${JSON.stringify(text)} is not a range for a network.`,
    hint: "Use an IPv4 range with a prefix from /8 to /29, for example 10.20.0.0/24.",
  });
}

export function formatRange(range: Ipv4Range): string {
  return `${formatIpv4(range.base)}/${range.prefix}`;
}

export function rangesOverlap(left: Ipv4Range, right: Ipv4Range): boolean {
  const size = rangeSize(Math.min(left.prefix, right.prefix));
  return left.base - (left.base % size) === right.base - (right.base % size);
}

function rangeSize(prefix: number): number {
  return 2 ** (32 - prefix);
}

/** Where the ranges of networks come from. */
export interface AddressPool {
  readonly range: Ipv4Range;
  /** Length of the prefix of each network. */
  readonly networkPrefix: number;
}

/**
 * All ranges of the pool that overlap with none of `taken`, beginning at a place that depends on `seed`, so that a network that is
 * made again gets the same range when it is still free.
 */
export function freeRanges({ range: pool, networkPrefix }: AddressPool, taken: readonly Ipv4Range[], seed: string): Ipv4Range[] {
  const count = Math.min(2 ** (networkPrefix - pool.prefix), MOST_RANGES);
  const first = hash(seed) % count;
  return Array.from({ length: count }, (_, index) => ({
    base: pool.base + ((first + index) % count) * rangeSize(networkPrefix),
    prefix: networkPrefix,
  })).filter((range) => !taken.some((other) => rangesOverlap(range, other)));
}

/** More are never looked at, however large the pool is. */
const MOST_RANGES = 65_536;

/** The first addresses of a range stay free: the gateway has one, people may want others. */
const RESERVED = 4;

/**
 * An address for a server that is not in `taken`: always the same for the same name while it is free.
 * @throws ProvisioningError NETWORK_FULL
 */
export function freeAddress(range: Ipv4Range, taken: ReadonlySet<string>, name: string): string {
  const count = rangeSize(range.prefix) - RESERVED - 1;
  const first = hash(name) % count;
  for (let index = 0; index < count; index += 1) {
    const address = formatIpv4(range.base + RESERVED + ((first + index) % count));
    if (!taken.has(address)) return address;
  }
  throw new ProvisioningError({
    code: "NETWORK_FULL",
    message: `The network ${formatRange(range)} has no free address for server ${name}.`,
    hint: "Use a network with a larger range.",
  });
}

/** FNV-1a, 32 bits: only to spread names. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** Ranges of /proc/net/route, without the default route. Addresses there are hexadecimal in the machine's byte order (little endian). */
export function parseRoutes(text: string): Ipv4Range[] {
  return text.split("\n").flatMap((line) => {
    const [, destination, , , , , , mask] = line.trim().split(/\s+/);
    const base = fromLittleEndian(destination);
    const bits = fromLittleEndian(mask);
    if (base === undefined || bits === undefined || bits === 0) return [];
    return [{ base, prefix: 32 - Math.log2(2 ** 32 - bits) }];
  });
}

function fromLittleEndian(hex: string | undefined): number | undefined {
  if (hex === undefined || !/^[0-9A-F]{8}$/i.test(hex)) return undefined;
  return Buffer.from(hex, "hex").reverse().readUInt32BE();
}
