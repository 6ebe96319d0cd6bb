/** Schemas: inheritance, arguments, defaults, required attributes, checks, mixins, protocols, rules, decorators, instances. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== a child narrows a type
schema A:
    a?: int | str
schema B(A):
    a: int
b = B {a = 1}
=>
{ "b": { "a": 1 } }

=== a child requires an optional attribute
schema A:
    a?: int
schema B(A):
    a: int
b = B {}
=>
! 5 E3M38 attribute 'a' of B is required and can't be None or Undefined

=== a child changes a type
schema A:
    a: int
schema B(A):
    a: str
=>
! 4:5 E2G22 can't change schema field type of 'a' from str to str

=== a child gives a default
schema A:
    a: int = 1
schema B(A):
    a = 2
b = B {}
c = B {a = 3}
=>
{ "b": { "a": 2 }, "c": { "a": 3 } }

=== a parent reads what the child sets
schema A:
    a: int = 1
    b: int = a + 1
schema B(A):
    a = 5
b = B {}
=>
{ "b": { "a": 5, "b": 6 } }

=== hidden attributes
schema A:
    _x = 1
    y = _x
schema B(A):
    _x = 2
b = B {}
=>
{ "b": { "y": 2 } }

=== a check of the child
schema A:
    a: int
    check:
        a > 0, "pos"
schema B(A):
    check:
        a < 10, "small"
b = B {a = 20}
=>
! 8:5 E3M38 Instance check failed (7: Check failed on the condition: small)

=== two schemas of one name
schema A:
    a: int
schema A:
    b: int
=>
! 3:8 E2L28 Unique key error name 'A'

=== a schema that contains itself
schema T:
    v: int
    kids: [T] = []
t = T {v = 1, kids = [{v = 2, kids = [{v = 3}]}, T {v = 4}]}
=>
{ "t": { "v": 1, "kids": [ { "v": 2, "kids": [ { "v": 3, "kids": [] } ] }, { "v": 4, "kids": [] } ] } }

=== None for a required attribute
schema A:
    a: int
a = A {a = None}
=>
! 3 E3M38 attribute 'a' of A is required and can't be None or Undefined

=== assigning an unknown attribute
schema A:
    a: int
x = A {a = 1}
x.b = 2
=>
! 4:3 E2L23 Cannot add member 'b' to schema 'A'

=== reading an unknown attribute
schema A:
    a: int
x = A {a = 1}
y = x.b
=>
! 4:5 E2G22 attribute 'b' not found in 'A'

=== changed instances
schema A:
    a: int = 1
    b: int = a * 2
x = A {a = 5}
y = x {a = 6}
z = x | {a = 7}
w = x {b = 1}
=>
{ "x": { "a": 5, "b": 10 }, "y": { "a": 6, "b": 12 }, "z": { "a": 7, "b": 14 }, "w": { "a": 5, "b": 1 } }

=== quoted attributes
schema A:
    "a-b": int = 1
    "c d"?: str
a = A {"a-b" = 2}
b = a["a-b"]
=>
{ "a": { "a-b": 2 }, "b": 2 }

=== conditional attributes
schema A:
    n: int
    if n > 1:
        big = True
    elif n == 1:
        one = True
    else:
        small = True
a = A {n = 1}
b = A {n = 2}
c = A {n = 0}
=>
{ "a": { "n": 1, "one": true }, "b": { "n": 2, "big": true }, "c": { "n": 0, "small": true } }

=== removing attributes
schema A:
    a?: int = 1
    b?: int = 2
a = A {a = Undefined}
b = A {a = 1} | {a = Undefined}
=>
{ "a": { "b": 2 }, "b": { "a": 1, "b": 2 } }

=== dicts for a union of schemas
schema A:
    a: int
schema B:
    b: int
x: A | B = {b = 1}
y: [A | B] = [{a = 1}, {b = 2}]
t = [typeof(i) for i in y]
=>
{ "x": { "b": 1 }, "y": [ { "a": 1 }, { "b": 2 } ], "t": [ "A", "B" ] }

=== an unknown key in a list of schemas
schema A:
    a: int
x: [A] = [{b = 1}]
=>
! 3:12 E2L23 Cannot add member 'b' to schema 'A'

=== a nested attribute is missing
schema B:
    n: int
schema A:
    b: B
a = A {b = {}}
=>
! 4 E3M38 attribute 'n' of B is required and can't be None or Undefined

=== a mixin for a protocol
protocol P:
    name: str
mixin UpMixin for P:
    upper: str = name.upper()
schema A:
    mixin [UpMixin]
    name: str
a = A {name = "x"}
=>
! 1:10 E2L23 schema protocol name must end with 'Protocol'

=== the last mixin wins over defaults, the configuration over all
schema AMixin:
    x = 1
schema BMixin:
    x = 2
schema S:
    mixin [AMixin, BMixin]
    x: int = 0
s = S {}
t = S {x = 5}
=>
{ "s": { "x": 2 }, "t": { "x": 5 } }

=== a mixin of a mixin
schema AMixin:
    x = 1
schema BMixin:
    mixin [AMixin]
    y = x + 1
schema S:
    mixin [BMixin]
s = S {}
=>
{ "s": { "y": 2, "x": 1 } }

=== a check of a mixin
schema AMixin:
    x: int = 1
    check:
        x > 5, "x small"
schema S:
    mixin [AMixin]
s = S {}
=>
! 7:5 E3M38 Instance check failed (4: Check failed on the condition: x small)

=== an unknown mixin
schema S:
    mixin [NopeMixin]
    x: int = 0
=>
! 2:12 E2L23 name 'NopeMixin' is not defined

=== a schema for a protocol
protocol PProtocol:
    a: int
schema A for PProtocol:
    b: int
=>
! 3:14 E2D34 only schema mixin can inherit from protocol

=== a mixin for a schema
schema A:
    a: int
mixin BMixin for A:
    b: int = a
=>
! 3:18 E2D34 invalid schema inherit object type, expect protocol, got 'A'

=== a protocol as parent
protocol PProtocol:
    a: int
schema A(PProtocol):
    b: int
=>
! 3:10 E2D34 invalid schema inherit object type, expect schema, got 'PProtocol'

=== a value as parent
a = 1
schema A(a):
    b: int
=>
! 2:10 E2D34 invalid schema inherit object type, expect schema, got 'int'

=== a rule that fails
protocol SProtocol:
    name: str
rule SomeRule for SProtocol:
    len(name) > 2, "too short"
a = SomeRule {name = "ab"}
=>
! 5:5 E3M38 Instance check failed (4: Check failed on the condition: too short)

=== a rule with a condition
protocol SProtocol:
    name?: str
rule SomeRule for SProtocol:
    len(name) > 5 if name, "too short"
SomeRule {}
SomeRule {name = "ab"}
=>
! 6:1 E3M38 Instance check failed (4: Check failed on the condition: too short)

=== a rule of a parent
protocol SProtocol:
    name?: str
rule ARule for SProtocol:
    name != "a", "no a"
rule BRule(ARule) for SProtocol:
    name != "b", "no b"
BRule {name = "a"}
=>
! 7:1 E3M38 Instance check failed (4: Check failed on the condition: no a)

=== arguments go to the parent
schema Base[x: int]:
    a: int = x
schema Child[x: int, y: str](Base):
    b: str = y
c = Child(1, "z") {}
d = Child(y="q", x=2) {}
=>
{ "c": { "a": 1, "b": "z" }, "d": { "a": 2, "b": "q" } }

=== too few arguments
schema Base[x: int]:
    a: int = x
c = Base {}
=>
! 3:5 E2L23 expected 1 positional argument, found 0

=== too many arguments
schema Base[x: int]:
    a: int = x
c = Base(1, 2) {}
=>
! 3:13 E2L23 "Base" takes 1 positional argument but 2 were given

=== an argument of another type
schema Base[x: int]:
    a: int = x
c = Base("s") {}
=>
! 3:10 E2G22 expected int, got str(s)

=== arguments in checks
schema Base[x: int]:
    a: int = x
    check:
        a < x, "a \${a} >= \${x}"
c = Base(1) {}
=>
! 5:5 E3M38 Instance check failed (4: Check failed on the condition: a 1 >= 1)

=== a child sets a deprecated attribute
schema Person:
    firstName: str = "John"
    @deprecated
    name?: str
schema Son(Person):
    name = "x"
p = Son {}
=>
{ "p": { "firstName": "John", "name": "x" } }

=== a deprecated attribute that is not given
schema Person:
    firstName: str = "John"
    @deprecated
    name?: str
p = Person {}
=>
{ "p": { "firstName": "John" } }

=== a deprecation that only warns
@deprecated(version="1.16", reason="use B", strict=False)
schema A:
    a?: int
x = A {a = 1}
=>
? 4 E3M38 A was deprecated since version 1.16, use B
{ "x": { "a": 1 } }

=== an unknown decorator
@foo
schema Person:
    name?: str
=>
! 1:2 E2L23 UnKnown decorator foo

=== arguments of a decorator by position
@deprecated("1.16", "reason")
schema Person:
    name?: str
p = Person {}
=>
! 4 E3M38 Person was deprecated since version 1.16, reason

=== instances in order
schema A:
    n: int
a = A {n = 1}
b = [A {n = 2}, A {n = 3}]
c = len(A.instances())
=>
{ "a": { "n": 1 }, "b": [ { "n": 2 }, { "n": 3 } ], "c": 3 }

=== instances inside instances
schema A:
    n: int
schema B:
    a: A = A {n = 1}
b = B {}
c = A.instances()
=>
{ "b": { "a": { "n": 1 } }, "c": [ { "n": 1 } ] }

=== attributes that read each other
schema A:
    x: int = y
    y: int = x
a = A {}
b = A {x = 1}
=>
! 4 E3M38 attribute 'x' of A is required and can't be None or Undefined
`);

describe("schemas", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
