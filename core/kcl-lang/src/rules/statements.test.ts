/** Statements: assignments, assertions, unifications, order. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== an unknown key on the way
_a = {}
_a.b.c = 1
_a["x"]["y"] = 2
a = _a
=>
! 2 E3M38 failed to update the dict. An iterable of key-value pairs was expected, but got UndefinedType. Check if the syntax for updating the dictionary with the attribute 'c' is correct

=== two targets do not share a list
_a = _b = [1,2]
_a[0] = 5
a = _a
b = _b
=>
{ "a": [ 5, 2 ], "b": [ 1, 2 ] }

=== a second value of another type
_a: int = 1
_a = "s"
=>
! 2:1 E2G22 expected int, got str(s)

=== an element of another type
_a: [int] = [1]
_a[0] = "s"
a = _a
=>
! 2 E3M38 expect [int], got [str]

=== a position out of range
_a = [1]
_a[-5] = 2
=>
! 2 E3M38 index out of bounds: the len is 1 but the index is -5

=== a character cannot be assigned to
_a = "abc"
_a[0] = "d"
=>
! 2 E3M38 'str' object does not support item assignment

=== a target that is none
_a + 1 = 2
=>
! 1:1 E1001 'BinaryExpression' is an illegal expression for assignment

=== an assertion without message
assert False
=>
! 1 E3M38 

=== a message that is computed
_x = 1
assert _x > 2, "x is \${_x}"
=>
! 2 E3M38 x is 1

=== an assertion in a schema
schema A:
    x: int
    assert x > 2, "x too small"
a = A {x = 1}
=>
! 3 E3M38 x too small

=== an assertion in a lambda
f = lambda x {
    assert x > 2, "bad"
    x
}
a = f(1)
=>
! 2 E3M38 bad

=== augmented assignments
_a = 2
_a **= 3
_a //= 3
_a %= 2
_a <<= 3
_a >>= 1
_a |= 1
_a ^= 3
_a &= 2
_a -= 1
_a /= 2
a = _a
=>
{ "a": 0.5 }

=== an augmented assignment of another type
_a = "x"
_a += 1
=>
! 2:1 E2G22 unsupported operand type(s) for +: 'str' and 'int(1)'

=== a global set again in a branch
a = 1
if True:
    a = 2
=>
{ "a": 2 }

=== parts of a global may change
a = {}
a.b = 1
b = [1]
b[0] = 2
=>
{ "a": { "b": 1 }, "b": [ 2 ] }

=== None and Undefined
a = None
b = Undefined
c = [None, Undefined]
d = {x = None, y = Undefined}
=>
{ "a": null, "c": [ null, null ], "d": { "x": null } }

=== repeated unifications are one
schema S:
    a?: int
    b?: int
    l?: [int]
x: S {a = 1}
x: S {b = 2}
x: S {l += [1]}
x: S {l += [2]}
=>
{ "x": { "a": 1, "b": 2, "l": [ 1, 2 ] } }

=== unifications that contradict each other
schema S:
    a?: int
x: S {a: 1}
x: S {a: 2}
=>
! 4 E3M38 conflicting values on the attribute 'a' between : /     1 / and /     2 / try operator '=' to override the attribute, like: /     {...} | { /             ... /             a = 2 /             ... /     }

=== a unification that overrides
schema S:
    a?: int
x: S {a: 1}
x: S {a = 2}
=>
{ "x": { "a": 2 } }

=== unifications of nested configurations
schema D:
    n?: int
    m?: int
schema S:
    d?: D
    ds?: [D]
x: S {d.n = 1}
x: S {d.m = 2}
x: S {ds: [{n = 1}]}
x: S {ds: [{m = 2}]}
=>
{ "x": { "d": { "n": 1, "m": 2 }, "ds": [ { "n": 1, "m": 2 } ] } }

=== a unification after an assignment
schema S:
    a?: int
_x = S {a = 1}
_x: S {a = 5}
x = _x
=>
{ "x": { "a": 5 } }

=== unifications of dict entries
schema S:
    a?: {str:int}
x: S {a.p = 1}
x: S {a.q = 2}
y = x.a.p
=>
{ "x": { "a": { "p": 1, "q": 2 } }, "y": 1 }

=== names before their statements
a = b.c + 1
b = {c = d}
d = [1, 2][1]
=>
{ "a": 3, "b": { "c": 2 }, "d": 2 }

=== a value that needs itself
a = a + 1
=>
! 1 E3M38 unsupported operand type(s) for +: 'UndefinedType' and 'int'

=== a reader sees the final value
_l = []
_l += [1]
x = _l
_l += [2]
=>
{ "x": [ 1, 2 ] }

=== globals of branches
_x = 1
if _x > 0:
    _y = "pos"
else:
    _y = "neg"
y = _y
if y == "pos":
    z = 1
=>
{ "y": "pos", "z": 1 }

=== branches inside branches
if True:
    a = 1
    if False:
        b = 2
    else:
        b = 3
c = a + b
=>
{ "a": 1, "b": 3, "c": 4 }
`);

describe("statements", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
