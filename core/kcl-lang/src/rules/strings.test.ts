/** Strings: interpolation, formats, methods. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== an unknown format
d = {a = 1, b = [1, "s", None]}
f = "\${d: #json} \${d: #JSON}"
g = "\${d: #yaml}"
h = "\${d: #yamll}"
=>
! 4:8 E2L23 #yamll is a invalid format spec

=== interpolation as JSON and YAML
d = {a = 1, b = [1, "s", None]}
f = "\${d: #json}"
g = "\${d: #yaml}"
=>
{ "d": { "a": 1, "b": [ 1, "s", null ] }, "f": "{\\"a\\": 1, \\"b\\": [1, \\"s\\", null]}", "g": "a: 1\\nb:\\n- 1\\n- s\\n- null\\n" }

=== interpolation ends at the first brace
name = "x"
n = 1
d = {a = 1, b = [1, "s", None]}
a = "\${name} \${n + 1} \${d.a} \${d.b} \${None} \${1.0}"
b = "\\\${name} $name $$"
c = """line \${name}
  two"""
e = r"\${name}\\n"
f = "\${d: #json}"
g = "\${d: #yaml}"
h = "\${{a = 1}}"
=>
! 11:14 E1001 expected one of ["}"] got eof

=== format specifications
a = "{:>10}|{:<10}|{:^10}|{:*^9}".format("a", "b", "c", "d")
b = "{:.2f} {:e} {:%} {:,}".format(3.14159, 12345.678, 0.5, 1234567)
c = "{:x} {:X} {:#x} {:o} {:b} {:08.3f} {:+d} {: d}".format(255, 255, 255, 8, 5, 3.14159, 5, 5)
d = "{0.name} {1[key]} {2[0]} {n}".format({name = "n"}, {key = "k"}, [1, 2], n = 3)
e = "{{}} {} {} {}".format(True, None, 1.0)
f = "{:#json} {:5}|{:<5}|{:05d}".format({a = 1}, 42, 42, 42)
=>
{ "a": "         a|b         |    c     |****d****", "b": "3.14 1.234568e+04 50.000000% 1,234,567", "c": "ff FF 0xff 10 101 0003.142 +5  5", "d": "n k 1 3", "e": "{} True None 1.0", "f": "{\\"a\\": 1}    42|42   |00042" }

=== an empty interpolation
a = "\${}"
=>
! 1:8 E1001 expected one of ["identifier", "literal", "(", "[", "{"] got eof

=== half an expression
a = "\${1 +}"
=>
! 1:11 E1001 expected one of ["identifier", "literal", "(", "[", "{"] got eof

=== an unknown name inside
a = "\${undefinedvar}"
=>
! 1:8 E2L23 name 'undefinedvar' is not defined

=== methods
d = ["hello".find("l"), "hello".find("z"), "hello".rfind("l"), "hello".find("l", 3), "hello".find("l", 0, 2)]
e = ["hello".index("l"), "hello".rindex("l")]
f = ["a1".isalnum(), "".isalnum(), "a ".isalnum(), "abc".isalpha(), "12".isdigit(), "1.2".isdigit(), "abc".islower(), "aBc".islower(), "  ".isspace(), "".isspace(), "Hello World".istitle(), "Hello world".istitle(), "ABC1".isupper(), "1".isupper()]
g = ["x".join(["a","b"]), "-".join("abc"), ",".join([])]
h = ["  a ".strip(), "xxaxx".strip("x"), " a ".lstrip(), " a ".rstrip(), "abcba".strip("ab"), "mississippi".rstrip("ipz")]
i = ["a,b,c".split(","), "a b  c".split(), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), " a  b ".split(" "), "".split(), "".split(","), "a b c".rsplit(None, 1), "  a b  c  ".split(None, 1)]
j = ["a\\nb\\r\\nc".splitlines(), "a\\nb\\n".splitlines(True), "".splitlines(), "\\n".splitlines()]
k = ["aXbX".replace("X", "-"), "aaaa".replace("a", "b", 2), "abc".replace("", "-")]
l = ["hello world".title(), "they're bill's".title(), "x1y".title()]
m = ["HeLLo".lower(), "HeLLo".upper()]
n = ["prefix_x".removeprefix("prefix_"), "x.suffix".removesuffix(".suffix"), "abc".removesuffix("")]
o = ["abc".startswith("ab"), "abc".startswith(""), "abc".startswith("b", 1)]
p = "abc".chars()
q = "abc"[0] + "abc"[-1]
r = "abcdef"[1:4] + "abcdef"[::-1] + "abcdef"[::2] + "abc"[5:] + "abc"[-2:]
s = "a" in "abc"
t = "a" * 3
u = "abc" < "abd"
=>
{ "d": [ 2, -1, 3, 3, -1 ], "e": [ 2, 3 ], "f": [ true, false, false, true, true, false, true, false, true, false, true, false, true, false ], "g": [ "axb", "a-b-c", "" ], "h": [ "a", "a", "a ", " a", "c", "mississ" ], "i": [ [ "a", "b", "c" ], [ "a", "b", "c" ], [ "a", "b,c" ], [ "a,b", "c" ], [ "", "a", "", "b", "" ], [], [ "" ], [ "a b", "c" ], [ "a", "b  c" ] ], "j": [ [ "a", "b", "c" ], [ "a\\n", "b\\n" ], [], [ "" ] ], "k": [ "a-b-", "bbaa", "-a-b-c-" ], "l": [ "Hello World", "They'Re Bill'S", "X1Y" ], "m": [ "hello", "HELLO" ], "n": [ "x", "x", "abc" ], "o": [ true, true, true ], "p": [ "a", "b", "c" ], "q": "ac", "r": "bcdfedcbaacebc", "s": true, "t": "aaa", "u": true }

=== a substring that is not there
a = "hello".index("z")
=>
! 1 E3M38 substring not found

=== an empty separator
a = "abc".split("")
=>
! 1 E3M38 empty separator

=== too few arguments
a = "abc".replace("a")
=>
! 1:5 E2L23 expected 2 positional arguments, found 1

=== too many arguments
a = "abc".upper(1)
=>
! 1:17 E2L23 anonymous function takes 0 positional arguments but 1 were given

=== an unknown method
a = "abc".foo()
=>
! 1:5 E2G22 attribute 'foo' not found in 'str(abc)'

=== a position out of range
a = "abc"[10]
=>
! 1 E3M38 string index out of range: 10
`);

describe("strings", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
