/** IP addresses as numbers. */

export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export function parseIp(text: string): IpAddress | undefined {
  return parseIp4(text) ?? parseIp6(text);
}

function parseIp4(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return { version: 4, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

function parseIp6(text: string): IpAddress | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => groupsOf(half));
  const [head, tail] = groups;
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: halves.length === 2 ? missing : 0 }, () => 0n), ...(tail ?? [])];
  return { version: 6, value: all.reduce((value, group) => (value << 16n) | group, 0n) };
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  for (const part of text.split(":")) {
    const ip4 = part.includes(".") ? parseIp4(part) : undefined;
    if (ip4 !== undefined) groups.push(ip4.value >> 16n, ip4.value & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

const mappedPrefix = 0xffffn << 32n;

/** The IPv4 address inside an IPv4-mapped IPv6 address. */
export function unmapped(address: IpAddress): IpAddress {
  return address.version === 6 && address.value >> 32n === 0xffffn ? { version: 4, value: address.value & 0xffffffffn } : address;
}

export function toIp6(address: IpAddress): IpAddress {
  return address.version === 6 ? address : { version: 6, value: mappedPrefix | address.value };
}

export function ipText(address: IpAddress): string {
  if (address.version === 4) return [24n, 16n, 8n, 0n].map((shift) => (address.value >> shift) & 0xffn).join(".");
  if (address.value >> 32n === 0xffffn) return `::ffff:${ipText({ version: 4, value: address.value & 0xffffffffn })}`;
  const groups = Array.from({ length: 8 }, (_, index) => ((address.value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const text = groups.join(":");
  const runs = [...text.matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)].sort((a, b) => b[0].length - a[0].length);
  const [run] = runs;
  return run === undefined
    ? text
    : `${text.slice(0, run.index).replace(/:$/, "")}::${text.slice(run.index + run[0].length).replace(/^:/, "")}`;
}

export interface Network {
  readonly address: IpAddress;
  readonly prefix: number;
}

export function addressBits(address: IpAddress): number {
  return address.version === 4 ? 32 : 128;
}

export function parseNetwork(text: string): Network | undefined {
  const [ip = "", length = ""] = text.split("/");
  const address = parseIp(ip);
  const prefix = Number(length);
  if (address === undefined || !/^\d+$/.test(length) || prefix > addressBits(address)) return undefined;
  return { address: { ...address, value: address.value & netmask(address, prefix) }, prefix };
}

export function netmask(address: IpAddress, prefix: number): bigint {
  const bits = BigInt(addressBits(address));
  return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(prefix))) - 1n);
}

export function isIn(address: IpAddress, network: string): boolean {
  const parsed = parseNetwork(network);
  return (
    parsed !== undefined &&
    parsed.address.version === address.version &&
    (address.value & netmask(address, parsed.prefix)) === parsed.address.value
  );
}
