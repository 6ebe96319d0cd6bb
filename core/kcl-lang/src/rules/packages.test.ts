/** Packages and imports. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== a folder is a package
import pkg
a = pkg.x
b = pkg.S {n = 1}
c = pkg.f(2)
--- pkg/a.k
x = 1
schema S:
    n: int
--- pkg/b.k
f = lambda v { v + x }
=>
{ "a": 1, "b": { "n": 1 }, "c": 3 }

=== a file is a package, a folder too
import pkg.sub as p
import pkg.other
a = p.x
b = other.y
--- pkg/sub.k
x = 1
--- pkg/other/o.k
y = 2
=>
{ "a": 1, "b": 2 }

=== an unknown package
import nope
a = nope.x
=>
! 1:1 E2F04 pkgpath nope not found in the program

=== a relative import
import .pkg
a = pkg.x
--- pkg/a.k
x = 5
=>
{ "a": 5 }

=== an unknown relative import
import .nope.x
=>
! 1:1 E2F04 Cannot find the module .nope.x from /app/nope/x

=== packages that import each other
import a
x = a.v
--- a.k
import b
v = b.v
--- b.k
import a
v = 1
=>
! b.k:1:1 E2L23 There is a circular reference between modules b, a
! a.k:1:1 E2L23 There is a circular reference between modules b, a

=== a global hides a module
import math
math = 2
a = math
=>
{ "math": 2, "a": 2 }

=== an unknown member
import pkg
a = pkg.zzz
--- pkg/a.k
x = 5
=>
! 2:5 E2G22 attribute 'zzz' not found in 'module 'pkg''

=== two names for a package
import pkg as p
import pkg as q
a = p.x + q.x
--- pkg/a.k
x = 5
=>
{ "a": 10 }

=== imports inside a package
import pkg
a = pkg.A {}
--- pkg/a.k
import .inner
schema A:
    x: int = inner.v
--- pkg/inner.k
v = 9
=>
{ "a": { "x": 9 } }

=== an unknown type of a package
import pkg
a: pkg.Nope = 1
--- pkg/a.k
x = 1
=>
! 2:4 E2G22 attribute 'Nope' not found in 'module 'pkg''

=== a package with an error
import pkg
a = pkg.err
--- pkg/a.k
err = 1 +
=>
! pkg/a.k:1:9 E1001 expected one of ["identifier", "literal", "(", "[", "{"] got newline

=== packages run first
import pkg
print("main")
a = pkg.x
--- pkg/a.k
print("pkg")
x = 1
=>
> pkg
> main
{ "a": 1 }

=== variables hide a package
import pkg
a = [pkg for pkg in [1, 2]]
f = lambda pkg { pkg + 1 }
b = f(1)
c = pkg.x
--- pkg/a.k
x = 1
=>
{ "a": [ 1, 2 ], "b": 2, "c": 1 }

=== imported twice
import pkg
import pkg
a = pkg.x
--- pkg/a.k
x = 1
=>
{ "a": 1 }
`);

describe("packages", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
