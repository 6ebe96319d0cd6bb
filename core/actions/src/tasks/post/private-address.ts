/** Which addresses belong to machines and networks that are nobody's business outside: they are not called unless the configuration allows it. */

import { BlockList, isIPv4, isIPv6 } from "node:net";

/** One for each family: in a common one the range of mapped addresses would hold every IPv4 address. */
const blocked4 = new BlockList();
const blocked6 = new BlockList();

/** IANA's registries of special-purpose addresses. Link-local holds the metadata services of clouds. */
const IPV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const;

/** Those that carry an IPv4 address (mapped, translated, 6to4, Teredo) lead anywhere. */
const IPV6 = [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const;

for (const [address, prefix] of IPV4) blocked4.addSubnet(address, prefix, "ipv4");
for (const [address, prefix] of IPV6) blocked6.addSubnet(address, prefix, "ipv6");

/** What is no address at all counts as private. */
export function isPrivateAddress(address: string): boolean {
  if (isIPv4(address)) return blocked4.check(address, "ipv4");
  // A zone says which interface: only local addresses have one.
  if (address.includes("%") || !isIPv6(address)) return true;
  return blocked6.check(address, "ipv6");
}
