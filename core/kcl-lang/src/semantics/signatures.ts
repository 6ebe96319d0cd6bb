/** What the functions and the methods of strings that need no import take and give, as far as it is checked before a run. */
import { anyType, boolType, floatType, type FunctionType, intType, listOf, strType, type Type } from "./types.js";

/** `name(parameter: type, optional?: type) -> result`; a parameter without type takes anything, `...` any number of arguments. */
const methods = [
  "capitalize() -> str",
  "chars() -> [str]",
  "count(sub: str, start?: int, end?: int) -> int",
  "endswith(suffix, start?: int, end?: int) -> bool",
  "find(sub: str, start?: int, end?: int) -> int",
  "format(...) -> str",
  "index(sub: str, start?: int, end?: int) -> int",
  "isalnum() -> bool",
  "isalpha() -> bool",
  "isdigit() -> bool",
  "islower() -> bool",
  "isspace() -> bool",
  "istitle() -> bool",
  "isupper() -> bool",
  "join(iter) -> str",
  "lower() -> str",
  "lstrip(chars?: str) -> str",
  "removeprefix(prefix: str) -> str",
  "removesuffix(suffix: str) -> str",
  "replace(old: str, new: str, count?: int) -> str",
  "rfind(sub: str, start?: int, end?: int) -> int",
  "rindex(sub: str, start?: int, end?: int) -> int",
  "rsplit(sep?: str, maxsplit?: int) -> [str]",
  "rstrip(chars?: str) -> str",
  "split(sep?: str, maxsplit?: int) -> [str]",
  "splitlines(keepends?: bool) -> [str]",
  "startswith(prefix, start?: int, end?: int) -> bool",
  "strip(chars?: str) -> str",
  "title() -> str",
  "upper() -> str",
];

const functions = [
  "abs(value)",
  "all_true(value) -> bool",
  "any_true(value) -> bool",
  "bin(number) -> str",
  "bool(x?) -> bool",
  "float(number) -> float",
  "hex(number) -> str",
  "int(number, base?) -> int",
  "isnullish(value) -> bool",
  "isunique(list) -> bool",
  "len(value) -> int",
  "multiplyof(a, b) -> bool",
  "oct(number) -> str",
  "ord(c) -> int",
  "pow(x, y, z?)",
  "range(start, stop?, step?) -> [int]",
  "reduce(reducer, list, initial?)",
  "round(number, ndigits?)",
  "sorted(value, reverse?)",
  "str(x?) -> str",
  "sum(iterable, start?)",
  "typeof(x, full_name?) -> str",
];

const types: Readonly<Record<string, Type>> = {
  str: strType,
  int: intType,
  bool: boolType,
  float: floatType,
  "[str]": listOf(strType),
  "[int]": listOf(intType),
};

function readSignature(text: string): readonly [string, FunctionType] {
  const [, name = "", list = "", result] = /^(\w+)\((.*?)\)(?: -> (.+))?$/.exec(text)!;
  const parameters = list
    .split(", ")
    .filter((part) => part !== "" && part !== "...")
    .map((part) => {
      const [, parameter = "", mark, type] = /^(\w+)(\?)?(?:: (.+))?$/.exec(part)!;
      return { name: parameter, type: types[type ?? ""] ?? anyType, optional: mark !== undefined };
    });
  return [name, { kind: "function", parameters, result: types[result ?? ""] ?? anyType, variadic: list === "..." }];
}

export const methodSignatures: ReadonlyMap<string, FunctionType> = new Map(methods.map(readSignature));
export const functionSignatures: ReadonlyMap<string, FunctionType> = new Map(functions.map(readSignature));
