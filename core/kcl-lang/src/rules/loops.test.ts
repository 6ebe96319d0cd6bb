/** Comprehensions and quantifiers. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== comprehensions
a = [x * y for x in [1,2] for y in [3,4] if x != y - 2]
b = {k: v for k, v in {a = 1, b = 2} if v > 1}
c = {k.upper(): v + 1 for k, v in {a = 1}}
d = [i for i, v in ["a", "b"]]
e = [c for c in "abc"]
f = [[j for j in range(i)] for i in range(3)]
g = {"\${i}": i for i in range(2)}
h = [k for k in {a = 1}]
i = {str(i): v for i, v in ["x","y"]}
j = [x for x in [1,2,3] if x > 1 if x < 3]
=>
{ "a": [ 4, 6 ], "b": { "b": 2 }, "c": { "A": 2 }, "d": [ 0, 1 ], "e": [ "a", "b", "c" ], "f": [ [], [ 0 ], [ 0, 1 ] ], "g": { "0": 0, "1": 1 }, "h": [ "a" ], "i": { "0": "x", "1": "y" }, "j": [ 2 ] }

=== dict comprehensions
a = {k: v for k in ["a"] for v in [1]}
b = {x = x + "1" for x in ["p", "q"]}
c = {k += [1] for k in ["a"]}
d = {"a": 1 for x in [1,2]}
=>
{ "a": { "a": 1 }, "b": { "p": "p1", "q": "q1" }, "c": { "a": [ 1 ] }, "d": { "a": 1 } }

=== loop variables are local
x = 10
a = [x for x in [1,2]]
b = x
=>
{ "x": 10, "a": [ 1, 2 ], "b": 10 }

=== nothing to loop over
a = [1 for _ in range(2)]
b = [x for x in None]
=>
{ "a": [ 1, 1 ], "b": [] }

=== a number is looped over
a = [x for x in 5]
=>
! 1:17 E2L23 'int(5)' object is not iterable

=== a key that is no string
a = {1: 2 for x in [1]}
=>
! 1:6 E2A31 A attribute must be string type, got 'int(1)'

=== over lines
a = [
    x + 1
    for x in [1, 2, 3]
    if x > 1
]
b = {
    "\${x}" = x
    for x in [1, 2]
}
c = [{name = n, val = v} for n, v in {a = 1}]
d = [*[1,2], 3, *[4] if True else []]
e = [if True: 1, if False: 2 else: 3]
=>
{ "a": [ 3, 4 ], "b": { "1": 1, "2": 2 }, "c": [ { "name": "a", "val": 1 } ], "d": [ 1, 2, 3, 4 ], "e": [ 1, 3 ] }

=== conditional items
e = [
    if True: 1
    elif False: 2
    else: 3
    4
]
f = [
    if False:
        1
        2
    else:
        3
]
=>
{ "e": [ 1, 4 ], "f": [ 3 ] }

=== quantifiers
a = all x in [1,2] { x > 0 }
b = any x in [1,2] { x > 1 }
c = filter x in [1,2,3] { x > 1 }
d = map x in [1,2] { x * 2 }
e = all k, v in {a = 1} { v > 0 }
f = filter k, v in {a = 1, b = 2} { v > 1 }
g = map k, v in {a = 1} { k + str(v) }
h = map i, v in ["a"] { "\${i}\${v}" }
i = filter i, v in [5,6] { i > 0 }
j = all x in [] { False }
k = any x in [] { True }
l = all x in [1,2,3] { x > 2 if x > 1 }
m = any x in [1,2,3] { x > 2 if x > 1 }
n = map x in {a = 1} { x }
o = filter c in "abc" { c != "b" }
p = map c in "ab" { c.upper() }
q = all x in [1] {
    x > 0
}
=>
{ "a": true, "b": true, "c": [ 2, 3 ], "d": [ 2, 4 ], "e": true, "f": { "b": 2 }, "g": [ "a1" ], "h": [ "0a" ], "i": [ 6 ], "j": true, "k": false, "l": false, "m": true, "n": [ "a" ], "o": "ac", "p": [ "A", "B" ], "q": true }

=== quantifiers in checks
schema A:
    xs: [int]
    check:
        all x in xs { x > 0 } if xs, "all positive"
        any x in xs { x > 5 }, "one big"
a = A {xs = [1, 2]}
=>
! 6:5 E3M38 Instance check failed (5: Check failed on the condition: one big)

=== over an instance
schema P:
    n: int = 1
    m: int = 2
p = P {}
a = map k, v in p { "\${k}\${v}" }
b = filter k, v in p { v > 1 }
c = [k for k in p]
d = {k: v for k, v in p}
e = len(p)
=>
{ "p": { "n": 1, "m": 2 }, "a": [ "n1", "m2" ], "b": { "m": 2 }, "c": [ "n", "m" ], "d": { "n": 1, "m": 2 }, "e": 2 }
`);

describe("loops", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
