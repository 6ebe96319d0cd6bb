/** Lexical rules: encodings, keywords as names, comments, line ends. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== a byte order mark
﻿a = 1
=>
{ "a": 1 }

=== keywords with a dollar
$if = 1
$schema = {$for = 2, type = 3, check = 4}
a = $if + 1
schema A:
    $type: str
    $for?: int
b = A {$type = "x", $for = 2}
c = b.$type + b.type
=>
{ "if": 1, "schema": { "for": 2, "type": 3, "check": 4 }, "a": 2, "b": { "type": "x", "for": 2 }, "c": "xx" }

=== keywords as keys
a = {map = 1, filter = 2, all = 3}
=>
{ "a": { "map": 1, "filter": 2, "all": 3 } }

=== words that are keywords elsewhere
rule = 1
protocol = 2
type = "t"
check = 3
=>
{ "rule": 1, "protocol": 2, "type": "t", "check": 3 }

=== keywords as attributes
schema S:
    type: str = "a"
    rule?: str
    protocol?: int
    check?: int
s = S {type = "b", rule = "r"}
=>
{ "s": { "type": "b", "rule": "r" } }

=== commas at the end
a = [1, 2,]
b = {a = 1,}
c = f(1,)
f = lambda x, { x }
=>
{ "a": [ 1, 2 ], "b": { "a": 1 }, "c": 1 }

=== a body on the line of its colon
if True: a = 1
elif False: a = 2
else: a = 3
schema S: 
    x: int = 1
=>
{ "a": 1 }

=== arguments over lines
a = max(
    1,
    2
)
b = "x".replace(
    "x",
    "y"
)
=>
{ "a": 2, "b": "y" }

=== comments everywhere
# c1
a = 1 # c2
# c3
schema S: # c4
    # c5
    x: int # c6
    # c7
b = [ # c8
    1, # c9
    # c10
    2
]
c = { # c11
    # c12
    x = 1 # c13
}
=>
{ "a": 1, "b": [ 1, 2 ], "c": { "x": 1 } }

=== names in other scripts
变量 = 1
a = 变量 + 1
b = {"键": "值"}
schema 人:
    名: str = "x"
c = 人 {}
=>
{ "变量": 1, "a": 2, "b": { "键": "值" }, "c": { "名": "x" } }

=== a semicolon
a = 1; b = 2
=>
! 1:6 E1001 unexpected token ';'

=== an unknown character
a = 1 \` 2
=>
! 1:7 E1001 unknown start of token '\`'
! 1:9 E1001 unexpected token 'literal'

=== escapes, raw and long strings
a = "\\x41\\u0042\\103\\t\\n\\\\ \\' \\" \\q"
b = '''
  a
    b
  '''
c = """\\
a
b"""
d = "a\\
b"
e = r'\\d+'
f = "\\N{BULLET}"
=>
{ "a": "ABC\\t\\n\\\\ ' \\" \\\\q", "b": "a\\n  b\\n", "c": "a\\nb", "d": "ab", "e": "\\\\d+", "f": "\\\\N{BULLET}" }
`);

describe("lexical", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
