/** Functions that need no import, and system modules. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== numbers and conversions
a = [len("abc"), len([1]), len({a = 1}), abs(-1), abs(-1.5)]
b = [hex(255), bin(5), oct(8), hex(-1), ord("A")]
c = [pow(2, 3), pow(2, -1), pow(2, 3, 5), pow(2.0, 3), round(2.567, 2), round(7.2)]
d = [int("10"), int("ff", 16), int("0x1f", 16), int(1.9), int(-1.9), int(True), int("1Ki")]
e = [float("1.5"), float(1), float("1e3"), float("inf"), float(1Ki)]
f = [bool(0), bool("a"), bool([]), bool(None), str(1.0), str(None), str([1, "a"]), str(1Ki)]
=>
{ "a": [ 3, 1, 1, 1, 1.5 ], "b": [ "0xff", "0b101", "0o10", "-0x1", 65 ], "c": [ 8, 0.5, 3, 8.0, 2.57, 7 ], "d": [ 10, 255, 31, 1, -1, 1, 1024 ], "e": [ 1.5, 1.0, 1000.0, null, 1024.0 ], "f": [ false, true, false, false, "1.0", "None", "[1, 'a']", "1Ki" ] }

=== lists and types
a = [sorted([3, 1, 2]), sorted([3, 1, 2], reverse=True), sorted("cab"), sorted({b = 1, a = 2})]
b = [range(3), range(1, 4), range(0, 10, 3), range(5, 0, -2)]
c = [max([1, 5, 2]), max(1, 5), min([3, 1]), max("abc"), sum([1, 2]), sum([1, 2], 10), sum([])]
d = [zip([1, 2, 3], ["a", "b"]), list("ab"), list({a = 1}), dict(a=1, b=2)]
e = [isunique([1, 1]), isnullish(None), isnullish(0), multiplyof(6, 3), all_true([1, ""]), any_true([0, 1])]
f = [reduce(lambda a, b { a + b }, [1, 2, 3], 0), reduce(lambda a, b { a * b }, [2, 3])]
g = [typeof(1), typeof("a"), typeof([]), typeof({}), typeof(None), typeof(1Ki), typeof(Undefined), typeof(lambda { 1 })]
=>
{ "a": [ [ 1, 2, 3 ], [ 3, 2, 1 ], [ "a", "b", "c" ], [ "a", "b" ] ], "b": [ [ 0, 1, 2 ], [ 1, 2, 3 ], [ 0, 3, 6, 9 ], [ 5, 3, 1 ] ], "c": [ 5, 5, 1, "c", 3, 13, 0 ], "d": [ [ [ 1, "a" ], [ 2, "b" ] ], [ "a", "b" ], [ "a" ], { "a": 1, "b": 2 } ], "e": [ false, true, false, true, false, true ], "f": [ 6, 6 ], "g": [ "int", "str", "list", "dict", "None", "number_multiplier", "UndefinedType", "function" ] }

=== json
import json
a = json.encode({a = 1, b = [1, "x", None, True, 1.0], c = Undefined, _d = 1})
b = json.encode({b = 1, a = {d = 1, c = 2}}, sort_keys=True, indent=2)
c = json.decode('{"a": 1, "b": [1.5, null, true], "c": {"d": "x"}}')
d = json.encode({_a = 1, b = None}, ignore_private=True, ignore_none=True)
e = json.encode([1, 2], indent=4)
f = json.validate("{}")
g = json.validate("{")
h = json.encode("a\\"b\\n")
i = json.decode("1")
j = json.encode({a = {}, b = []}, indent=2)
=>
{ "a": "{\\"a\\": 1, \\"b\\": [1, \\"x\\", null, true, 1.0], \\"_d\\": 1}", "b": "{\\n  \\"a\\": {\\n    \\"c\\": 2,\\n    \\"d\\": 1\\n  },\\n  \\"b\\": 1\\n}", "c": { "a": 1, "b": [ 1.5, null, true ], "c": { "d": "x" } }, "d": "{}", "e": "[\\n    1,\\n    2\\n]", "f": true, "g": false, "h": "\\"a\\\\\\"b\\\\n\\"", "i": 1, "j": "{\\n  \\"a\\": {},\\n  \\"b\\": []\\n}" }

=== yaml
import yaml
a = yaml.encode({a = 1, b = [1, "x", {c = 1}], d = {e = None}})
b = yaml.decode("a: 1\\nb:\\n- x\\n- y: z\\nc: 1.5\\nd: null\\ne: true\\nf: '1'\\n")
c = yaml.encode_all([{a = 1}, {b = 2}])
d = yaml.decode_all("a: 1\\n---\\nb: 2\\n")
e = yaml.validate("a: 1")
f = yaml.validate("a:\\n- b\\n c")
g = yaml.encode({b = 1, a = 2}, sort_keys=True)
h = yaml.encode({_a = 1, b = None}, ignore_private=True, ignore_none=True)
i = yaml.decode("- 1\\n- 2")
j = yaml.encode("x")
k = yaml.encode([1, [2, 3], []])
=>
{ "a": "a: 1\\nb:\\n- 1\\n- x\\n- c: 1\\nd:\\n  e: null\\n", "b": { "a": 1, "b": [ "x", { "y": "z" } ], "c": 1.5, "d": null, "e": true, "f": "1" }, "c": "a: 1\\n\\n---\\nb: 2\\n", "d": [ { "a": 1 }, { "b": 2 } ], "e": true, "f": true, "g": "a: 2\\nb: 1\\n", "h": "{}\\n", "i": [ 1, 2 ], "j": "x\\n", "k": "- 1\\n- - 2\\n  - 3\\n- []\\n" }

=== base64 and base32
import base64
import base32
a = base64.encode("hello")
b = base64.decode("aGVsbG8=")
c = base32.encode("hello")
d = base32.decode("NBSWY3DP")
e = base64.encode("你好")
=>
{ "a": "aGVsbG8=", "b": "hello", "c": "NBSWY3DP", "d": "hello", "e": "5L2g5aW9" }

=== crypto
import crypto
a = [crypto.md5("a"), crypto.sha1("a"), crypto.sha224("a"), crypto.sha256("a"), crypto.sha384("a"), crypto.sha512("a"), crypto.blake3("a")]
b = len(crypto.uuid())
c = crypto.md5("你", "utf-8")
=>
{ "a": [ "0cc175b9c0f1b6a831c399e269772661", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd3145f31", "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75", "17762fddd969a453925d65717ac3eea21320b66b54342fde15128d6caf21215f" ], "b": 36, "c": "df1fd9101108b40d26977a8d0bb9fd1e" }

=== regex
import regex
a = regex.match("foo123", r"^foo\\d+$")
b = regex.search("xfoo", "foo")
c = regex.findall("a1b22", r"\\d+")
d = regex.split("a,b;c", "[,;]")
e = regex.replace("a.b.c", r"\\.", "-")
f = regex.replace("aaa", "a", "b", 2)
g = regex.compile("[")
h = regex.findall("k=v;x=y", r"(\\w)=(\\w)")
i = regex.split("a,b,c", ",", 1)
j = regex.match("abc", "b")
=>
{ "a": true, "b": true, "c": [ "1", "22" ], "d": [ "a", "b", "c" ], "e": "a-b-c", "f": "bba", "g": false, "h": [ [ "k", "v" ], [ "x", "y" ] ], "i": [ "a", "b,c" ], "j": true }

=== net
import net
a = net.split_host_port("127.0.0.1:8080")
b = net.join_host_port("localhost", 80)
c = net.parse_IP("192.168.0.1")
d = net.IP_string("192.168.0.1")
e = net.is_IPv4("1.2.3.4")
f = net.is_loopback_IP("127.0.0.1")
g = net.is_multicast_IP("239.255.255.255")
h = net.is_global_unicast_IP("8.8.8.8")
i = net.is_unspecified_IP("0.0.0.0")
j = net.is_link_local_unicast_IP("169.254.1.1")
k = net.is_link_local_multicast_IP("224.0.0.1")
l = net.is_interface_local_multicast_IP("ff01::1")
m = net.CIDR_subnet("10.0.0.0/8", 8, 2)
n = net.CIDR_host("10.0.0.0/8", 5)
o = net.CIDR_netmask("10.0.0.0/12")
p = net.CIDR_subnets("10.1.0.0/16", [4, 4, 8, 4])
q = net.parse_CIDR("10.0.0.0/8")
r = net.is_IP_in_CIDR("10.1.2.3", "10.0.0.0/8")
s = net.join_host_port("::1", "80")
t = net.to_IP6("192.168.1.10")
=>
{ "a": [ "127.0.0.1", "8080" ], "b": "localhost:80", "c": "192.168.0.1", "d": "192.168.0.1", "e": true, "f": true, "g": true, "h": true, "i": true, "j": true, "k": true, "l": true, "m": "10.2.0.0/16", "n": "10.0.0.5", "o": "255.240.0.0", "p": [ "10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20" ], "q": { "ip": "10.0.0.0", "mask": 8 }, "r": true, "s": "[::1]:80", "t": "::ffff:192.168.1.10" }

=== math
import math
a = [math.ceil(1.2), math.floor(1.8), math.factorial(5), math.gcd(12, 18), math.isnan(1.0), math.sqrt(16), math.pow(2, 3), math.log(8, 2), math.exp(1), math.log10(100), math.log2(8), math.log1p(0), math.modf(1.5), math.log(100, 10)]
=>
{ "a": [ 2, 1, 120, 6, false, 4.0, 8.0, 3.0, 2.718281828459045, 2.0, 3.0, 0.0, [ 0.5, 1.0 ], 2.0 ] }

=== an argument of another type
import math
a = math.sqrt("x")
=>
! 2 E3M38 sqrt() argument 'x' must be number, not str

=== manifests
import manifests
manifests.yaml_stream([{a = 1}, {b = 2}])
c = 3
=>
a: 1 --- b: 2

=== options of manifests
import manifests
manifests.yaml_stream([{b = 1, a = None, _c = 1}], opts={sort_keys = True, ignore_none = True, ignore_private = False})
=>
_c: 1 b: 1

=== collection
import collection
a = collection.union_all([{a = 1}, {b = 2}, {c.d = 1}])
=>
{ "a": { "a": 1, "b": 2, "c": { "d": 1 } } }

=== runtime
import runtime
a = runtime.catch(lambda { 1 })
b = runtime.catch(lambda { assert False, "bad" })
c = runtime.catch(lambda { [1][5] })
=>
{ "b": "bad", "c": "list index out of range: 5" }

=== print
print(1, "a", None, True, 1.0, [1,"x"], {a = 1}, Undefined)
print("x", end="")
print("y")
print()
print({a = {b = "s"}})
=>
> 1 a None True 1.0 [1, 'x'] {'a': 1} Undefined
> xy
> {'a': {'b': 's'}}
{}
`);

describe("builtins", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
