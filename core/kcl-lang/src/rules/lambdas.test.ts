/** Lambdas: parameters, closures, recursion, forward references, results. */
import { describe, expect, it } from "vitest";
import { outcome, readRules } from "./outcome.js";

const rules = readRules(`
=== parameters and defaults
f = lambda { 1 }
a = f()
g = lambda x, y = 2 { x + y }
b = [g(1), g(1, 3), g(x=5), g(1, y=9)]
=>
{ "a": 1, "b": [ 3, 4, 7, 10 ] }

=== closures
mk = lambda n { lambda x { x + n } }
add = mk(3)
a = add(4)
b = mk(1)(2)
=>
{ "a": 7, "b": 3 }

=== recursion
fib = lambda n: int -> int {
    1 if n <= 1 else fib(n - 1) + fib(n - 2)
}
a = fib(10)
=>
{ "a": 89 }

=== functions that call each other
even = lambda n: int -> bool { True if n == 0 else odd(n - 1) }
odd = lambda n: int -> bool { False if n == 0 else even(n - 1) }
a = even(10)
=>
{ "a": true }

=== recursion inside a function
f = lambda n {
    g = lambda x { 1 if x <= 1 else x * g(x - 1) }
    g(n)
}
a = f(5)
=>
{ "a": 120 }

=== branches give the value
f = lambda x {
    if x > 0:
        "pos"
    elif x == 0:
        "zero"
    else:
        "neg"
}
a = [f(1), f(0), f(-1)]
=>
{ "a": [ "pos", "zero", "neg" ] }

=== assignment in a branch
f = lambda x {
    r = "none"
    if x > 0:
        r = "pos"
    r
}
a = [f(1), f(-1)]
=>
{ "a": [ "pos", "none" ] }

=== a local variable hides a global
x = 1
f = lambda {
    x = 2
    x
}
a = f()
b = x
=>
{ "x": 1, "a": 2, "b": 1 }

=== assignment along a path
f = lambda {
    _d = {a = 1}
    _d.b = 2
    _d["c"] = 3
    _l = [1,2]
    _l[0] = 9
    [_d, _l]
}
a = f()
=>
{ "a": [ { "a": 1, "b": 2, "c": 3 }, [ 9, 2 ] ] }

=== the value of the last assignment
f = lambda {
    x = 5
}
a = f()
g = lambda { assert True }
b = g()
=>
{ "a": 5 }

=== a dict for a schema
schema P:
    name: str
    age: int = 1
f = lambda p: P { p.name + str(p.age) }
a = f({name = "x"})
b = f(P {name = "y", age = 3})
=>
{ "a": "x1", "b": "y3" }

=== parameters in braces
f = lambda {x: int, y = 2} -> int { x + y }
a = f(1)
=>
{ "a": 3 }

=== a function in a dict
d = {
    f = lambda x { x + 1 }
    a = 1
}
b = d.f(2)
=>
{ "d": { "a": 1 }, "b": 3 }

=== a function in a schema
schema A:
    n: int = 2
    f = lambda x { x * n }
    r = f(10)
a = A {n = 3}
b = a.f(5)
=>
{ "a": { "n": 3, "r": 30 }, "b": 15 }

=== functions as arguments
apply = lambda f, x { f(x) }
a = apply(lambda x { x + 1 }, 2)
b = apply(len, "abc")
=>
{ "a": 3, "b": 3 }

=== a dict becomes the result
schema A:
    a: int
f = lambda n -> A { {a = n} }
a = f(1)
t = typeof(a)
=>
{ "a": { "a": 1 }, "t": "A" }

=== called at once
a = (lambda x { x + 1 })(2)
=>
{ "a": 3 }

=== printing
f = lambda x {
    print("in", x)
    x
}
a = f(1)
=>
> in 1
{ "a": 1 }

=== arguments of a schema
schema P:
    n: int
f = lambda p: P { p.n }
a = f({n = "s"})
b = f({m = 1})
=>
! 4:8 E2G22 expected int, got str(s) (2: variable is defined here, its type is int, but got str(s))
! 5:8 E2L23 Cannot add member 'm' to schema 'P'

=== a result of a schema
schema P:
    n: int
f = lambda -> P {
    {n = "s"}
}
=>
! 4:6 E2G22 expected int, got str(s) (2: variable is defined here, its type is int, but got str(s))

=== a result of another type
f = lambda x: int -> int { x }
a: str = f(1)
=>
! 2:1 E2G22 expected str, got int

=== an argument of another type
f = lambda x: int { x }
a = f("s")
=>
! 2:7 E2G22 expected int, got str(s)

=== an unknown argument
f = lambda x: int, y: int = 2 { x + y }
a = f(1, z=3)
b = f(y=1, x=2)
=>
! 2:10 E2L23 "f" got an unexpected keyword argument 'z'

=== too many arguments
f = lambda x { x }
a = f(1, 2)
=>
! 2:10 E2L23 "f" takes 1 positional argument but 2 were given

=== a result that cannot be
f = lambda x -> str { 1 }
a = f(1)
=>
! 1:23 E2G22 expected str, got int(1)

=== function types
f: (int, str) -> bool = lambda a: int, b: str -> bool { a > len(b) }
x = f(1, "s")
g: (int) -> int = lambda a: str -> int { 1 }
=>
! 3:1 E2G22 expected (int) -> int, got (str) -> int

=== a number is called
a = 1
b = a()
=>
! 2:5 E2L23 type 'int' is not callable
`);

describe("lambdas", () => {
  it.each(rules)("$title", (rule) => expect(outcome(rule)).toBe(rule.expected));
});
