/** What a run shows: globals, expression statements, hidden names. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== scalars that contradict each other
1
2
=>
! 2 E3M38 conflicting values between 2 and 1

=== dicts are merged
{a = 1}
{b = 2}
=>
{ "a": 1, "b": 2 }

=== a later instance replaces an earlier one
schema A:
    a: int
A {a = 1}
A {a = 2}
=>
{ "a": 2 }

=== expressions and globals
a = 1
{b = 2}
=>
{ "b": 2, "a": 1 }

=== an expression that contradicts a global
a = 1
{a = 2}
=>
! 2 E3M38 conflicting values on the attribute 'a' between : /     2 / and /     1 / try operator '=' to override the attribute, like: /     {...} | { /             ... /             a = 1 /             ... /     }

=== a list of configurations
[{a = 1}, {b = 2}]
=>
[ { "a": 1 }, { "b": 2 } ]

=== a call shows nothing
f = lambda {1}
f()
=>
{}

=== an expression in a branch
if True:
    {a = 1}
=>
{ "a": 1 }

=== hidden names | showHidden
_a = 1
b = {_c = 1, d = 2}
=>
{ "_a": 1, "b": { "_c": 1, "d": 2 } }

=== without None | disableNone
a = None
b = {c = None, d = [None, 1]}
=>
{ "b": { "d": [ 1 ] } }

=== sorted keys | sortKeys
b = 1
a = {d = 1, c = 2}
=>
{ "a": { "c": 2, "d": 1 }, "b": 1 }
`);

describe("output", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
