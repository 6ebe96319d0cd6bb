/** Index signatures. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== two signatures
schema A:
    [str]: int
    [str]: str
=>
! 3:5 E1001 only one index signature is allowed in the schema

=== computed keys
schema A:
    [x: str]: int
a = A {
    "\${k}" = v for k, v in {a=1}
}
=>
{ "a": { "a": 1 } }

=== a comprehension
schema A:
    [x: str]: int
a: A = {k = v for k, v in {a=1, b=2}}
=>
{ "a": { "a": 1, "b": 2 } }

=== a value of another type
schema A:
    [x: str]: int
a = A {
    b = "s"
}
=>
! 4:5 E2G22 expected int, got str(s)

=== declared attributes of other types
schema A:
    name: str
    [...str]: int
a = A {name = "x", b = 1}
=>
{ "a": { "name": "x", "b": 1 } }

=== a default that uses the alias
schema A:
    [n: str]: {str:str} = {name = n}
a = A {
    x = {}
    y = {z = "1"}
}
=>
{ "a": { "x": {}, "y": { "z": "1" } } }

=== an inherited signature
schema A:
    [str]: int
schema B(A):
    b?: int
a = B {b = 1, c = 2}
=>
{ "a": { "b": 1, "c": 2 } }

=== a child that does not fit
schema A:
    [str]: int
schema B(A):
    b?: str
a = B {b = "s", c = 2}
=>
! 4:5 E1001 the type 'str' of schema attribute 'b' does not meet the index signature definition [str]: int

=== literal keys
schema A:
    ["x" | "y"]: int
a = A {x = 1}
b = A {z = 1}
=>
! 4:8 E2L23 Cannot add member 'z' to schema 'A'

=== a check for each key
schema A:
    [k: str]: int
    check:
        len(k) > 1, "key \${k} too short"
a = A {ab = 1}
b = A {a = 1}
=>
! 6:5 E3M38 Instance check failed (4: Check failed on the condition: key a too short)

=== lists of schemas
schema B:
    n: int
schema A:
    [str]: [B]
a = A {x = [{n = 1}], y += [B {n = 2}]}
=>
{ "a": { "x": [ { "n": 1 } ], "y": [ { "n": 2 } ] } }
`);

describe("index signatures", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
