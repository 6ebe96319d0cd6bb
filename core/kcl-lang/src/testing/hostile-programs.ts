/** Hostile programs: small texts that would take all memory, all time or the whole stack of an engine without limits. */

/** `first`, then `next` of what came before, `turns` times: `_n0`, `_n1`, … */
const doubling = (first: string, next: (before: string) => string, turns: number): string => {
  const lines = [`_0 = ${first}`];
  for (let turn = 0; turn < turns; turn++) lines.push(`_${turn + 1} = ${next(`_${turn}`)}`);
  return lines.map((line) => line.replaceAll(/_(\d)/g, "_n$1")).join("\n");
};

/** A line for each index. */
export const linesOf = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

/** Title and program. Each must end soon, with a finding that has a place. */
export const hostilePrograms: readonly (readonly [string, string])[] = [
  ["a lambda that calls itself", "f = lambda x { f(x) }\na = f(1)"],
  ["two lambdas that call each other", "f = lambda x { g(x) }\ng = lambda x { f(x) }\na = f(1)"],
  ["a lambda that calls itself twice", "f = lambda x { f(x - 1) + f(x - 1) if x > 0 else 1 }\na = f(200)"],
  ["a lambda given to itself", "f = lambda g { g(g) }\na = f(f)"],
  ["a schema that makes itself", "schema S:\n    next: S = S {}\na = S {}"],
  ["a schema that makes itself by conversion", "schema S:\n    next: S = {}\na = S {}"],
  [
    "a schema that makes two of itself",
    "schema S:\n    n: int\n    l?: S = S {n = n - 1} if n > 0 else None\n    r?: S = S {n = n - 1} if n > 0 else None\na = S {n = 40}",
  ],
  ["schemas in a check", "schema S:\n    n: int\n    check:\n        S {n = n + 1}.n > 0\na = S {n = 1}"],
  ["a huge range", "a = range(10 ** 12)"],
  ["a range with huge bounds", "a = range(-9223372036854775807, 9223372036854775807)"],
  ["huge ranges in a sum", "a = sum([sum(range(10000000)) for _ in range(10000)])"],
  ["a repeated text", 'a = "a" * 10 ** 9'],
  ["a repeated list", "a = [1] * 10 ** 9"],
  ["repetitions of repetitions", 'a = (("a" * 1000000) * 1000) * 1000'],
  ["a huge power", "a = 10 ** 10 ** 10"],
  ["a huge shift", "a = 1 << 10 ** 9"],
  ["a shift by a little too much", "a = 1 << 64"],
  ["a factorial", "import math\na = math.factorial(10 ** 9)"],
  ["a wide format", 'a = "{:>1000000000}".format(1)'],
  ["a precise format", 'a = "{:.1000000000f}".format(1.5)'],
  ["many wide formats", 'a = ["{:>1000000}".format(i) for i in range(10000)]'],
  ["a text that doubles", doubling('"aaaaaaaaaa"', (n) => `${n} + ${n}`, 60)],
  ["a list that doubles", doubling("[1]", (n) => `${n} + ${n}`, 60)],
  ["an interpolation that doubles", doubling('"aaaaaaaaaa"', (n) => `"\${${n}}\${${n}}"`, 60)],
  ["lists of lists", doubling("[1]", (n) => `[${n}, ${n}]`, 60)],
  ["dicts of dicts", doubling("{a = 1}", (n) => `{a = ${n}, b = ${n}}`, 60)],
  ["dicts of dicts, merged", `${doubling("{a = 1}", (n) => `{a = ${n}, b = ${n}}`, 24)}\nx = _n24 | _n24`],
  [
    "instances of instances",
    `schema P:\n    l: any\n    r: any\n${doubling("P {l = 1, r = 2}", (n) => `P {l = ${n}, r = ${n}}`, 60)}`,
  ],
  [
    "a shared value as JSON",
    `import json\n${doubling("[1]", (n) => `[${n}, ${n}]`, 22)}\na = [len(json.encode(_n22)) for i in range(100)]`,
  ],
  ["a shared value as text", `${doubling("[1]", (n) => `[${n}, ${n}]`, 22)}\na = [len(str(_n22)) for i in range(1000)]`],
  [
    "two shared values compared",
    `${doubling("[1]", (n) => `[${n}, ${n}]`, 22)}\n${doubling("[1]", (n) => `[${n}, ${n}]`, 22).replaceAll("_n", "_m")}\na = [_n22 == _m22 for i in range(1000)]`,
  ],
  ["a large output", `${doubling("[1]", (n) => `[${n}, ${n}]`, 24)}\na = _n24`],
  ["comprehensions in each other", "a = [x + y + z for x in range(10000) for y in range(10000) for z in range(10000)]"],
  ["comprehensions that keep nothing", "a = [x for x in range(10000) for y in range(10000) for z in range(10000) if x < 0]"],
  ["a dict comprehension", "a = {str(x) = x for x in range(100000000)}"],
  ["quantifiers in each other", "a = all x in range(1000000) { all y in range(1000000) { True } }"],
  ["a filter of a text", 'a = [filter c in "a" * 1000000 { c == "a" } for i in range(100000)]'],
  ["a join", 'a = ("b" * 1000000).join(["a"] * 1000000)'],
  ["a join of characters", 'a = ("b" * 100000).join("a" * 1000000)'],
  ["a replacement of nothing", 'a = ("a" * 1000000).replace("", "b" * 100000)'],
  ["a replacement that grows", 'a = ("a" * 1000000).replace("a", "b" * 100000)'],
  ["characters", 'a = [("a" * 1000000).chars() for i in range(1000)]'],
  ["splits", 'a = [("a " * 1000000).split(" ") for i in range(1000)]'],
  ["indexes of a long text", '_t = "äöü𝄞" * 250000\na = [_t[i] for i in range(1000000)]'],
  ["hashes of a long text", 'import crypto\na = [crypto.sha512("a" * 1000000) for i in range(10000)]'],
  ["a sort of a long list", "a = [sorted(range(1000000)) for i in range(1000)]"],
  ["unique dicts", "a = isunique([{n = i} for i in range(100000)])"],
  ["membership in a long list", "_l = range(100000)\na = [i in _l for i in range(1000000)]"],
  ["prints", 'a = [print("a" * 1000000) for i in range(100000)]'],
  ["a reduction that grows", "a = reduce(lambda t, x { t + [x] }, range(1000000), [])"],
  ["a reduction that nests", "a = reduce(lambda t, x { [t] }, range(1000000), [])"],
  ["a merging chain that grows", "a = reduce(lambda t, x { t | {str(x): x} }, range(100000), {})"],
  ["an append in a lambda", "f = lambda n {\n    _l = []\n    _l += [n]\n    f(n + 1) + _l\n}\na = f(0)"],
  [
    "aliases in YAML",
    `import yaml\na = yaml.decode("""a: &a [1,1,1,1,1,1,1,1,1,1]\n${linesOf(9, (i) => `${String.fromCharCode(98 + i)}: &${String.fromCharCode(98 + i)} [${`*${String.fromCharCode(97 + i)},`.repeat(10)}]`)}""")`,
  ],
  ["deep JSON", 'import json\na = json.decode("[" * 100000)'],
  ["deep JSON that closes", 'import json\na = json.decode("[" * 100000 + "]" * 100000)'],
  ["deep YAML", 'import yaml\na = yaml.decode("[" * 20000 + "]" * 20000)'],
  ["an indentation of JSON", "import json\na = json.encode([[[1]]], indent=1000000000)"],
  [
    "a template that loops",
    'import template\na = template.execute("{{#each l}}{{#each ../l}}{{#each ../../l}}{{#each ../../../l}}x{{/each}}{{/each}}{{/each}}{{/each}}", {l = range(1000)})',
  ],
  ["a template with much space", 'import template\na = [template.execute("{{" + " " * 20000 + "}", {}) for i in range(100000)]'],
  ["template blocks in each other", 'import template\na = template.execute("{{#if a}}" * 20000 + "{{/if}}" * 20000, {a = True})'],
  ["a pattern with nested repetition", 'import regex\na = [regex.match("a" * 5000 + "!", "^(a+)+$") for i in range(10000)]'],
  ["a pattern with alternatives", 'import regex\na = [regex.match("a" * 5000 + "!", "^(a|a|aa)*$") for i in range(10000)]'],
  ["a pattern with many stars", 'import regex\na = [regex.match("a" * 5000, ".*.*.*.*.*.*b") for i in range(10000)]'],
  ["a huge repetition in a pattern", 'import regex\na = regex.match("a", "(((a{1000}){1000}){1000}){1000}")'],
  ["a date format", 'import datetime\na = [datetime.validate("1" * 200 + "x", "%j" * 80) for i in range(100000)]'],
  ["a long number as text", 'a = int("9" * 10000000)'],
  ["a long float as text", 'a = [float("1" * 100000 + "x")]'],
  [
    "instances of many",
    "schema S:\n    n: int\na = [S {n = i} for i in range(100000)]\nb = [len(S.instances()) for i in range(100000)]",
  ],
  ["failures that are caught", "import runtime\nf = lambda { runtime.catch(lambda { f() }) }\na = f()"],
  ["caught limits", "import runtime\na = [runtime.catch(lambda { range(10 ** 12) }) for i in range(100000000)]"],
];
