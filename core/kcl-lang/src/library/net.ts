/** The module `net`. */
import { dictFrom, type KclFunction, KclList } from "../runtime/values.js";
import {
  addressBits,
  type IpAddress,
  ipText,
  isIn,
  netmask,
  type Network,
  parseIp,
  parseNetwork,
  toIp6,
  unmapped,
} from "./ip-address.js";
import { moduleOf, native, type NativeCall } from "./native.js";

function address(call: NativeCall, parameter = "ip"): IpAddress {
  return parseIp(call.text(parameter)) ?? call.fail(`invalid IP address '${call.text(parameter)}'`);
}

function network(call: NativeCall, parameter = "cidr"): Network {
  return parseNetwork(call.text(parameter)) ?? call.fail(`invalid CIDR expression: ${call.text(parameter)}`);
}

function subnet(call: NativeCall, from: Network, added: number, index: bigint): string {
  const prefix = from.prefix + added;
  const bits = addressBits(from.address);
  if (added < 0 || prefix > bits) return call.fail(`insufficient address space to extend prefix of ${from.prefix} by ${added}`);
  if (index < 0n || index >= 1n << BigInt(added))
    return call.fail(`prefix extension of ${added} does not accommodate a subnet numbered ${index}`);
  return `${ipText({ ...from.address, value: from.address.value + (index << BigInt(bits - prefix)) })}/${prefix}`;
}

function host(call: NativeCall): string {
  const from = network(call);
  const size = 1n << BigInt(addressBits(from.address) - from.prefix);
  const given = call.integer("host");
  const index = given < 0n ? given + size : given;
  if (index < 0n || index >= size) return call.fail(`prefix of ${from.prefix} does not accommodate a host numbered ${given}`);
  return ipText({ ...from.address, value: from.address.value + index });
}

/** Consecutive subnets of the given sizes. */
function subnets(call: NativeCall): KclList {
  const from = network(call);
  let next = from.address.value;
  const bits = addressBits(from.address);
  const texts = call.list("additional_bits").items.map((item) => {
    const prefix = from.prefix + Number(item);
    if (typeof item !== "bigint" || prefix > bits)
      return call.fail(`insufficient address space to extend prefix of ${from.prefix}`);
    const size = 1n << BigInt(bits - prefix);
    const start = ((next + size - 1n) / size) * size;
    next = start + size;
    if (next > from.address.value + (1n << BigInt(bits - from.prefix)))
      return call.fail("not enough remaining address space for a subnet");
    return `${ipText({ ...from.address, value: start })}/${prefix}`;
  });
  return new KclList(texts);
}

/** A test of an address by the networks it may lie in. */
function within(name: string, ...networks: readonly string[]): KclFunction {
  return native(name, ["ip"], (call) => {
    const parsed = unmapped(address(call));
    return networks.some((one) => isIn(parsed, one));
  });
}

function isGlobalUnicast(call: NativeCall): boolean {
  const parsed = unmapped(address(call));
  return ![
    "224.0.0.0/4",
    "ff00::/8",
    "127.0.0.0/8",
    "::1/128",
    "169.254.0.0/16",
    "fe80::/10",
    "0.0.0.0/32",
    "::/128",
    "255.255.255.255/32",
  ].some((one) => isIn(parsed, one));
}

function splitHostPort(call: NativeCall): KclList {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(call.text("ip_end_point"));
  return match === null
    ? call.fail(`invalid ip end point '${call.text("ip_end_point")}'`)
    : new KclList([match[1] ?? match[2] ?? "", match[3]!]);
}

export const netModule = moduleOf([
  native("CIDR_host", ["cidr", "host"], host),
  native("CIDR_netmask", ["cidr"], (call) => {
    const { address: base, prefix } = network(call);
    return ipText({ ...base, value: netmask(base, prefix) });
  }),
  native("CIDR_subnet", ["cidr", "additional_bits", "net_num"], (call) =>
    subnet(call, network(call), Number(call.integer("additional_bits")), call.integer("net_num")),
  ),
  native("CIDR_subnets", ["cidr", "additional_bits"], subnets),
  native("parse_CIDR", ["cidr"], (call) => {
    const parsed = network(call);
    return dictFrom([
      ["ip", call.text("cidr").split("/")[0]!],
      ["mask", BigInt(parsed.prefix)],
    ]);
  }),
  native("is_IP_in_CIDR", ["ip", "cidr"], (call) => isIn(address(call), call.text("cidr"))),
  native("split_host_port", ["ip_end_point"], splitHostPort),
  native("join_host_port", ["host", "port"], (call) => {
    const port = call.value("port");
    const name = call.text("host");
    return `${name.includes(":") ? `[${name}]` : name}:${typeof port === "bigint" ? port : call.text("port")}`;
  }),
  native("fqdn", ["name"], (call) => call.text("name", "")),
  native("parse_IP", ["ip"], (call) => ipText(address(call))),
  native("IP_string", ["ip"], (call) => ipText(address(call))),
  native("to_IP4", ["ip"], (call) => ipText(unmapped(address(call)))),
  native("to_IP6", ["ip"], (call) => ipText(toIp6(address(call)))),
  native("is_IPv4", ["ip"], (call) => parseIp(call.text("ip"))?.version === 4),
  native("is_IPv6", ["ip"], (call) => parseIp(call.text("ip"))?.version === 6),
  native("is_IP", ["ip"], (call) => parseIp(call.text("ip")) !== undefined),
  within("is_loopback_IP", "127.0.0.0/8", "::1/128"),
  within("is_multicast_IP", "224.0.0.0/4", "ff00::/8"),
  within("is_interface_local_multicast_IP", "ff01::/16"),
  within("is_link_local_multicast_IP", "224.0.0.0/24", "ff02::/16"),
  within("is_link_local_unicast_IP", "169.254.0.0/16", "fe80::/10"),
  native("is_global_unicast_IP", ["ip"], isGlobalUnicast),
  within("is_unspecified_IP", "0.0.0.0/32", "::/128"),
]);
