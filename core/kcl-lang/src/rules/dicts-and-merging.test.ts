/** Dict literals, unpacking, and how values are merged. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== keys and nested keys
a = {a = 1, b: 2, "c" = 3, "d": 4, e.f = 5, "g.h" = 6}
b = {**a, x = 1}
c = a | {b = 3}
=>
{ "a": { "a": 1, "b": 2, "c": 3, "d": 4, "e": { "f": 5 }, "g.h": 6 }, "b": { "a": 1, "b": 2, "c": 3, "d": 4, "e": { "f": 5 }, "g.h": 6, "x": 1 }, "c": { "a": 1, "b": 3, "c": 3, "d": 4, "e": { "f": 5 }, "g.h": 6 } }

=== conditional entries
a = {if True: x = 1, if False: y = 2}
b = {
    if True:
        x = 1
        z = 3
    elif True:
        y = 2
    else:
        w = 1
    q = 5
}
=>
{ "a": { "x": 1 }, "b": { "x": 1, "z": 3, "q": 5 } }

=== computed keys
k = "key"
a = {"\${k}" = 1, (k) = 2}
=>
{ "k": "key", "a": { "key": 2 } }

=== a key that is no string
a = {[1] = 2}
=>
! 1:6 E2A31 A attribute must be string type, got '[int(1)]'

=== unions of dicts
a = {x = {y = 1, z = [1,2]}}
b = a | {x.y = 5}
c = a | {x: {w = 2}}
d = a | {x.z += [3]}
e = a | {x.z = [9]}
f = a | {x = Undefined}
g = {**a, x.y = 7}
=>
{ "a": { "x": { "y": 1, "z": [ 1, 2 ] } }, "b": { "x": { "y": 5, "z": [ 1, 2 ] } }, "c": { "x": { "y": 1, "z": [ 1, 2 ], "w": 2 } }, "d": { "x": { "y": 1, "z": [ 1, 2, 3 ] } }, "e": { "x": { "y": 1, "z": [ 9 ] } }, "f": {}, "g": { "x": { "y": 7, "z": [ 1, 2 ] } } }

=== unions of lists
a = [1,2,3] | [4]
b = [{a = 1}] | [{b = 2}, {c = 3}]
c = [] | [1]
=>
{ "a": [ 4, 2, 3 ], "b": [ { "a": 1, "b": 2 }, { "c": 3 } ], "c": [ 1 ] }

=== entries that agree
a = {x: 1, x: 1}
b = {x: {a = 1}, x: {b = 2}}
c = {x: [1], x: [1]}
=>
{ "a": { "x": 1 }, "b": { "x": { "a": 1, "b": 2 } }, "c": { "x": [ 1 ] } }

=== lists that contradict each other
c = {x: [1], x: [2]}
=>
! 1 E3M38 conflicting values on the attribute 'x' between : /     [...] / and /     [...] / try operator '=' to override the attribute, like: /     {...} | { /             ... /             x = [...] /             ... /     }

=== a conditional entry that contradicts
a = {
    x = 1
    if True:
        x: 2
}
=>
! 4 E3M38 conflicting values on the attribute 'x' between : /     1 / and /     2 / try operator '=' to override the attribute, like: /     {...} | { /             ... /             x = 2 /             ... /     }

=== unpacking instances
schema A:
    a: int
    b?: int
x = A {a = 1}
y = {**x, c = 2}
z = A {**x, b = 5}
=>
{ "x": { "a": 1 }, "y": { "a": 1, "c": 2 }, "z": { "a": 1, "b": 5 } }

=== unpacking and overriding
a = {x = 1}
b = {**a, x = 2}
c = {x = 3, **a}
=>
{ "a": { "x": 1 }, "b": { "x": 2 }, "c": { "x": 1 } }

=== an entry that contradicts what was unpacked
a = {x = 1}
b = {**a, x: 2}
=>
! 2 E3M38 conflicting values on the attribute 'x' between : /     1 / and /     2 / try operator '=' to override the attribute, like: /     {...} | { /             ... /             x = 2 /             ... /     }

=== unpacking nothing
a = {**None, b = 1}
c = [*None, 1]
=>
{ "a": { "b": 1 }, "c": [ 1 ] }

=== operators of nested keys
a = {
    b.c.d = 1
    b.c.e = 2
    b.l += [1]
    b.l += [2]
}
=>
{ "a": { "b": { "c": { "d": 1, "e": 2 }, "l": [ 1, 2 ] } } }

=== operators on an attribute with a default
schema A:
    l: [int] = [1]
a = A {l += [2]}
b = A {l = [5]}
c = A {l: [7]}
=>
{ "a": { "l": [ 1, 2 ] }, "b": { "l": [ 5 ] }, "c": { "l": [ 7 ] } }

=== operators with a list position
schema A:
    l: [int] = [1, 2]
a = A {l[0] += [0]}
b = A {l[1] = 9}
c = A {l[0]: 1}
=>
{ "a": { "l": [ 0, 1, 2 ] }, "b": { "l": [ 1, 9 ] }, "c": { "l": [ 1, 2 ] } }

=== a union of unlike scalars
a = 1 | "s"
=>
! 1:5 E2G22 unsupported operand type(s) for |: 'int(1)' and 'str(s)'

=== inserting at the end and before the last
a = {
    arr = [1, 1, 1]
    arr[3] += [2]
    arr[-1] += [9]
}
=>
{ "a": { "arr": [ 1, 1, 1, 9, 2 ] } }

=== inserting into a number
a = {
    arr = 1
    arr += [2]
}
=>
! 3 E3M38 only list attribute can be inserted value, got int

=== replacing and removing elements
a = {
    arr = [1, 2, 3]
    arr[-1] = 5
    arr[0] = Undefined
}
=>
{ "a": { "arr": [ 2, 5 ] } }

=== an element that contradicts
a = {
    arr = [1, 2, 3]
    arr[0]: 5
}
=>
! 3 E3M38 conflicting values on the attribute 'arr' between : /     1 / and /     5 / try operator '=' to override the attribute, like: /     {...} | { /             ... /             arr = 5 /             ... /     }

=== a position that is not there
a = {
    arr = [1, 2, 3]
    arr[5]: 5
}
=>
! 3 E3M38 index out of bounds: the len is 3 but the index is 5

=== a position of nothing
a = {
    arr[0]: 5
}
=>
! 2 E3M38 only list attribute can be unify value with the index 0

=== unpacking keys into a list
a = [*{a = 1, b = 2}, *[3]]
=>
{ "a": [ "a", "b", 3 ] }

=== unpacking a number into a list
a = [*1]
=>
! 1:7 E2L23 only list, dict and schema object can be used * unpacked, got 'int(1)'

=== unpacking a string into a dict
a = {**"x"}
=>
! 1:8 E2L23 only dict and schema can be used ** unpack, got 'str(x)'
`);

describe("dicts and merging", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
