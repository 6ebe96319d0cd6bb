/** Expressions: operators, numbers, selectors, comparison, conditions. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== precedence
a = 1 + 2 * 3 ** 2
b = not True or True
c = 1 | 2 & 3 ^ 1
d = 1 << 2 + 1
e = -1 + 2
f = 5 if False else 6 if True else 7
g = 1 in [1] and 2 in [2]
h = not 1 in [2]
i = 10 - 2 - 3
j = 2 ** 3 ** 2
k = "a" + "b" * 2
l = 1 < 2 and 2 < 3 or False
m = 7 // 2 * 2
n = True if 1 is 1 else False
=>
{ "a": 19, "b": true, "c": 3, "d": 8, "e": 1, "f": 6, "g": true, "h": false, "i": 5, "j": 64, "k": "abb", "l": true, "m": 6, "n": true }

=== lines that go on
a = 1 + \\
    2
b = [1,
  2,
    3]
c = (1 +
     2
     + 3)
d = {
    a = 1 +
        2
}
if True and \\
   False:
    e = 1
else:
    e = 2
f = "x" \\
    .upper()
=>
{ "a": 3, "b": [ 1, 2, 3 ], "c": 6, "d": { "a": 3 }, "e": 2, "f": "X" }

=== a condition over lines in parentheses
a = {
    b = 1 if True else 2
    c = (
        1
        if False
        else 2
    )
}
=>
{ "a": { "b": 1, "c": 2 } }

=== selectors and subscripts in a row
a = {b = [{c = [1, 2, {d = 3}]}]}
x = a.b[0].c[-1].d
y = a["b"][0]["c"][0]
=>
{ "a": { "b": [ { "c": [ 1, 2, { "d": 3 } ] } ] }, "x": 3, "y": 1 }

=== arithmetic
a = [7 // 2, -7 // 2, 7 % -3, -7 % 3, 2 ** 10, 2 ** -1, -2 ** 2]
b = [7.5 // 2, -7.5 % 2, 7 / 2, 6 / 2, 2.0 ** 3]
c = [1 << 4, 256 >> 2, 5 & 3, 5 | 3, 5 ^ 3, ~5, +5, --5]
=>
{ "a": [ 3, -4, -2, 2, 1024, 0.5, 4 ], "b": [ 3.0, 0.5, 3.5, 3.0, 8.0 ], "c": [ 16, 64, 1, 7, 6, -6, 5, 5 ] }

=== forms of numbers
a = 0x1F
b = 0o17
c = 0b101
d = 1_000
e = 1e3
f = 1.5e-3
g = 017
h = .5
i = 5.
j = 1e10
k = 0xFFFFFFFFFFFF
=>
{ "a": 31, "b": 15, "c": 5, "d": 1000, "e": 1000.0, "f": 0.0015, "g": 15, "h": 0.5, "i": 5.0, "j": 10000000000.0, "k": 281474976710655 }

=== the largest integer, and one more
a = 9223372036854775807
b = 9223372036854775808
=>
! 2 E3M38 9223372036854775808: A 64 bit integer overflow

=== the smallest integer
a = -9223372036854775808
=>
{ "a": -9223372036854775808 }

=== division by zero
a = 1 / 0
=>
! 1 E3M38 division by zero

=== floor division by zero
a = 1 // 0.0
=>
! 1 E3M38 division by zero

=== overflow of 64 bits
a = 9223372036854775807 * 2
=>
! 1 E3M38 18446744073709551614: A 64 bit integer overflow

=== overflow of 32 bits | strictRange
a = 2147483647 + 1
=>
! 1 E3M38 2147483648: A 32 bit integer overflow

=== a negative shift
a = 1 << -1
=>
! 1 E3M38 shift count out of range

=== a unit behind a hexadecimal number
a = 0x1Ki
=>
! 1:5 E1001 invalid int binary suffix

=== an unknown unit
a = 1kk
=>
! 1:5 E1001 invalid int binary suffix

=== equality, membership, identity, chains
a = {a = 1} == {a = 1}
b = [1, {a = 1}] == [1, {a = 1}]
c = {a = 1} != {a = 2}
d = "a" in {a = 1}
e = 1 in [1, 2]
f = 3 not in [1, 2]
g = "b" in "abc"
h = None is None
i = 1 is not None
j = [1] + [2] == [1, 2]
k = [1, 2] < [1, 3]
l = True and None
m = 0 or "x"
n = not []
o = 1 < 2 < 3
p = 1 == 1.0
q = "1" == 1
r = Undefined == None
s = Undefined is None
=>
{ "a": true, "b": true, "c": true, "d": true, "e": true, "f": true, "g": true, "h": true, "i": true, "j": true, "k": true, "l": null, "m": "x", "n": true, "o": true, "p": true, "q": false, "r": false, "s": false }

=== optional selectors on None
a = None
b = a?.b
c = a?[0]
=>
{ "a": null, "b": null, "c": null }

=== an unsuitable sign
a = not 1
b = -"s"
=>
! 2:5 E2G22 bad operand type for unary -: 'str(s)'

=== operands without order
a = 1 < "s"
=>
! 1:5 E2G22 unsupported operand type(s) for <: 'int(1)' and 'str(s)'

=== operands that do not go together
a = "s" + 1
b = [1] + "s"
c = {} + {}
=>
! 1:5 E2G22 unsupported operand type(s) for +: 'str(s)' and 'int(1)'
! 2:5 E2G22 unsupported operand type(s) for +: '[int(1)]' and 'str(s)'
! 3:5 E2G22 unsupported operand type(s) for +: '{any:any}' and '{any:any}'

=== an attribute of a number
a = 5.foo
=>
! 1:5 E2G22 attribute 'foo' not found in 'int(5)'

=== an attribute of a list
a = [1].b
=>
! 1:5 E2G22 attribute 'b' not found in '[int(1)]'

=== an unknown name in a condition
a = 1 if x else 2
=>
! 1:10 E2L23 name 'x' is not defined

=== a loop variable hides a global
i = 5
a = [i for i in range(3)]
b = i
c = {i = i for i in ["x"]}
=>
{ "i": 5, "a": [ 0, 1, 2 ], "b": 5, "c": { "x": "x" } }
`);

describe("expressions", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
