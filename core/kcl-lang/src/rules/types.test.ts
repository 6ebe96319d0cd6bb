/** Types: aliases, literals, unions, casts, conversions, and what the checker says. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== parts that are set later may be of other types
_d = {a = 1}
_d.b = [1, 2]
_d.a = ["x"]
x = [i for i in _d.b]
y = _d.a[0]
=>
{ "x": [ 1, 2 ], "y": "x" }

=== parts that stay
_d = {a = 1}
x = _d.a[0]
=>
! 2:5 E2L23 'int' object is not subscriptable

=== casts
a = 1 as int
b = "s" as str
c = 1 as float
x: any = 1
d = x as int
=>
{ "a": 1, "b": "s", "c": 1, "x": 1, "d": 1 }

=== a cast that cannot be
a = 1 as str
=>
! 1:5 E2G22 The conversion of type 'int(1)' to type 'str' may be by mistake because neither type sufficiently overlaps with the other

=== a cast that is not
x: int | str = 1
a = x as str
=>
! 2 E3M38 expect str, got int

=== casts of instances
schema A:
    a: int
schema B(A):
    b: int
x: A = B {a = 1, b = 2}
y = x as B
z = y as A
=>
{ "x": { "a": 1, "b": 2 }, "y": { "a": 1, "b": 2 }, "z": { "a": 1, "b": 2 } }

=== a cast of a list
x: any = [1, 2]
y = x as [int]
z = x as [str]
=>
! 3 E3M38 expect [str], got [int]

=== aliases
type Int = int
type S = "a" | "b"
type L = [S]
x: Int = 1
y: L = ["a"]
z: L = ["c"]
=>
! 6:1 E2G22 expected [str(a) | str(b)], got [str(c)]

=== an alias of nothing
type A = Nope
x: A = 1
=>
! 1:10 E2L23 name 'Nope' is not defined

=== an alias of a schema
schema A:
    a: int
type B = A
b: B = B {a = 1}
c = B {a = 2}
=>
{ "b": { "a": 1 }, "c": { "a": 2 } }

=== an alias of a package's schema
import pkg
type P = pkg.P
x: P = {a = 1}
y = pkg.T
--- pkg/p.k
schema P:
    a: int
type T = int | str
=>
{ "x": { "a": 1 } }

=== literal types
x: 1 | 2 = 3
y: True = False
z: 1.5 = 1.6
=>
! 1:1 E2G22 expected int(1) | int(2), got int(3)
! 2:1 E2G22 expected bool(True), got bool(False)
! 3:1 E2G22 expected float(1.5), got float(1.6)

=== literals with units
x: 1Ki = 1Mi
=>
! 1:1 E2G22 expected number_multiplier(1Ki), got number_multiplier(1Mi)

=== numbers with units
import units
x: units.NumberMultiplier = 1Ki
y: units.NumberMultiplier = 1024
=>
! 3:1 E2G22 expected number_multiplier, got int(1024)

=== arithmetic with units
type M = 1Ki | 2Ki
x: M = 1Ki
y = x + 1
=>
! 3:5 E2G22 unsupported operand type(s) for +: 'number_multiplier(1Ki) | number_multiplier(2Ki)' and 'int(1)'

=== dict types
a: {str:int} = {x = "s"}
b: {str:} = {x = 1}
c: {:} = {x = 1}
d: {str: int | str} = {x = 1, y = "s"}
=>
! 1:17 E2G22 expected int, got str(s) (1: variable is defined here, its type is int, but got str(s))
! 1:1 E2G22 expected {str:int}, got {str(x):str(s)}

=== list types
a: [int] = ["s"]
b: [] = [1]
c: [[int]] = [[1]]
d: [int | str] = [1, "s", 1.5]
=>
! 1:1 E2G22 expected [int], got [str(s)]
! 4:1 E2G22 expected [int | str], got [int(1) | str(s) | float(1.5)]

=== None fits everywhere
x: int = None
y: [int] = Undefined
z: str = None
=>
{ "x": null, "z": null }

=== bools and integers
x: int = True
y: bool = 1
=>
! 1:1 E2G22 expected int, got bool(True)
! 2:1 E2G22 expected bool, got int(1)

=== integers and floats
x: float = 1
y: int = 1.5
=>
! 2:1 E2G22 expected int, got float(1.5)

=== an unknown type
x: Nope = 1
=>
! 1:4 E2L23 name 'Nope' is not defined

=== an unknown type of a module
import math
x: math.Foo = 1
=>
! 2:4 E2G22 attribute 'Foo' not found in 'module 'math''

=== nested values
schema A:
    a: {str:[int]}
a = A {a = {x = ["s"]}}
=>
! 3:13 E2G22 expected [int], got [str(s)] (2: variable is defined here, its type is [int], but got [str(s)])
! 3:8 E2G22 expected {str:[int]}, got {str(x):[str(s)]} (2: variable is defined here, its type is {str:[int]}, but got {str(x):[str(s)]})

=== members of a union
schema A:
    a: int
schema B:
    b: int
schema X:
    x: A | B
x1 = X {x: {a = 1}}
x2 = X {x: A {a = 1}}
x3 = X {x: {b = 2}}
x4 = [typeof(x1.x), typeof(x3.x)]
=>
{ "x1": { "x": { "a": 1 } }, "x2": { "x": { "a": 1 } }, "x3": { "x": { "b": 2 } }, "x4": [ "A", "B" ] }

=== literals tell members apart
schema A:
    kind: "A"
    v: int
schema B:
    kind: "B"
    v: str
xs: [A | B] = [{kind = "A", v = 1}, {kind = "B", v = "s"}]
=>
{ "xs": [ { "kind": "A", "v": 1 }, { "kind": "B", "v": "s" } ] }

=== the first member that fits
schema A:
    a: int
    c?: int
schema B:
    a: int
    b: int
x: A | B = {a = 1, b = 2}
t = typeof(x)
=>
{ "x": { "a": 1, "b": 2 }, "t": "B" }

=== a key of no member
schema A:
    a: int
schema B:
    b: int
x: A | B = {c = 1}
=>
! 5:13 E2L23 Cannot add member 'c' to 'schemas ["A", "B"]'
! 5:1 E2G22 expected A | B, got {str(c):int(1)}

=== decoded data
import json
schema A:
    a: int
x: A | str = json.decode('{"a": 1}')
t = typeof(x)
=>
{ "x": { "a": 1 }, "t": "A" }

=== decoded data of another type
import json
x: int = json.decode('"s"')
=>
! 2 E3M38 expect int, got str

=== entries name the declaration
schema P:
    cards: [{str:int}]
    x: {str:{str:int}} = {a = {b = "s"}}
p = P {cards = [{a = "x"}]}
=>
! 3:32 E2G22 expected int, got str(s) (3: variable is defined here, its type is int, but got str(s))
! 3:27 E2G22 expected {str:int}, got {str(b):str(s)} (3: variable is defined here, its type is {str:int}, but got {str(b):str(s)})
! 3:5 E2G22 expected {str:{str:int}}, got {str(a):{str(b):str(s)}}
! 4:18 E2G22 expected int, got str(x) (2: variable is defined here, its type is int, but got str(x))
! 4:8 E2G22 expected [{str:int}], got [{str(a):str(x)}] (2: variable is defined here, its type is [{str:int}], but got [{str(a):str(x)}])

=== items of a list of schemas
schema P:
    n: int
ps: [P] = [P {n = "s"}, {n = "t"}]
=>
! 3:15 E2G22 expected int, got str(s) (2: variable is defined here, its type is int, but got str(s))
! 3:26 E2G22 expected int, got str(t) (2: variable is defined here, its type is int, but got str(t))

=== elements
a = [1, 2]
b: str = a[0]
=>
! 2:1 E2G22 expected str, got int

=== entries of a dict
a = {x = 1}
b: str = a.x
=>
! 2:1 E2G22 expected str, got int

=== attributes in the body
schema A:
    x: int
    y: str = x
=>
! 3:5 E2G22 expected str, got int

=== an attribute of a schema
schema A:
    x: int
a = A.x
=>
! 3:5 E2G22 attribute 'x' not found in 'A'

=== values of units
import units
a = 1Ki
b = 1K
c = 2Mi
d = 1n
e = 1m
f = int(1Ki) + 1
g = float(1m)
h = str(1Mi)
i = "\${1Ki}"
j = 1Ki == 1024
k = 1Ki > 1000
l = units.to_Ki(2048)
m = units.to_m(0.5)
o = units.to_Gi(1500000000)
p = [1Ki, 2Mi]
q = {x = 1Gi}
r = typeof(1Ki)
s = units.to_K(1234)
t = 1P
=>
{ "a": 1024.0, "b": 1000.0, "c": 2097152.0, "d": 1e-09, "e": 0.001, "f": 1025, "g": 0.001, "h": "1Mi", "i": "1Ki", "j": true, "k": true, "l": "2Ki", "m": "500m", "o": "1.3969838619232178Gi", "p": [ 1024.0, 2097152.0 ], "q": { "x": 1073741824.0 }, "r": "number_multiplier", "s": "1.234K", "t": 1000000000000000.0 }
`);

describe("types", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
