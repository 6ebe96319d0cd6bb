/** Unary, binary and comparing operators on values. `|` on lists, dicts and instances is in `merge.ts`. */
import type { BinaryOperator, CompareOperator, UnaryOperator } from "../syntax/ast.js";
import { equals, isNothing, isNumber, isTrue, peekEntriesOf, typeName } from "./inspect.js";
import { largestValue, sizeOf } from "./extent.js";
import type { Machine } from "./machine.js";
import { union } from "./merge.js";
import { checkFloat, checkInteger } from "./number-range.js";
import { KclList, KclMultiplier, type Value } from "./values.js";

export function unary(machine: Machine, operator: UnaryOperator, value: Value): Value {
  if (operator === "not") return !isTrue(value);
  const number = asNumber(value);
  if (typeof number === "bigint") return checkInteger(machine, operator === "-" ? -number : operator === "~" ? ~number : number);
  if (typeof number === "number" && operator !== "~") return operator === "-" ? -number : number;
  return machine.fail(`bad operand type for unary ${operator}: '${typeName(value)}'`);
}

/** Bools count as 0 and 1. */
function asNumber(value: Value): bigint | number | undefined {
  if (isNumber(value)) return value;
  return typeof value === "boolean" ? (value ? 1n : 0n) : undefined;
}

export function binary(machine: Machine, operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === "|" && !(typeof left === "bigint" && typeof right === "bigint")) return union(machine, left, right);
  if (operator === "+") {
    if (typeof left === "string" && typeof right === "string") return joinTexts(machine, left, right);
    if (left instanceof KclList) return concatenate(machine, left, right);
  }
  if (operator === "*") {
    const repeated = repeat(machine, left, right) ?? repeat(machine, right, left);
    if (repeated !== undefined) return repeated;
  }
  const a = asNumber(left);
  const b = asNumber(right);
  if (a === undefined || b === undefined) return unsupported(machine, operator, left, right);
  if (typeof a === "bigint" && typeof b === "bigint") return integers(machine, operator, a, b);
  return floats(machine, operator, Number(a), Number(b), left, right);
}

function unsupported(machine: Machine, operator: string, left: Value, right: Value): never {
  return machine.fail(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`);
}

function concatenate(machine: Machine, left: KclList, right: Value): KclList {
  if (!(right instanceof KclList)) return machine.fail(`can only concatenate list (not "${typeName(right)}") to list`);
  return joinLists(machine, left, right);
}

/** Texts are joined without copying them: what is added is the shorter one. The length is bounded, since it can double each time. */
function joinTexts(machine: Machine, left: string, right: string): string {
  const length = left.length + right.length;
  if (2 * length > largestValue) machine.exceed(`the value would be larger than ${largestValue} bytes`);
  machine.allocate(32 + 2 * Math.min(left.length, right.length));
  return left + right;
}

/** Both lists in a row, keeping the places of items. */
export function joinLists(machine: Machine, left: KclList, right: KclList): KclList {
  const { items, places } = right.held.now();
  const count = items.length;
  machine.work(count);
  machine.allocate(64 + 32 * count);
  const change = left.change(machine);
  for (let index = 0; index < count; index++) change.append(items[index], places?.[index]);
  return new KclList(change);
}

function repeat(machine: Machine, value: Value, times: Value): Value {
  if (typeof times !== "bigint") return undefined;
  const count = times < 0n ? 0 : Number(times);
  const length = typeof value === "string" ? value.length : value instanceof KclList ? value.length : undefined;
  if (length === undefined) return undefined;
  if (length === 0 || count === 0) return typeof value === "string" ? "" : new KclList([]);
  machine.allocate((typeof value === "string" ? 2 : 16) * length * count);
  machine.work(length * count);
  if (typeof value === "string") return value.repeat(count);
  const items: Value[] = [];
  for (let turn = 0; turn < count; turn++) for (const item of (value as KclList).items) items.push(item);
  return new KclList(items);
}

function integers(machine: Machine, operator: BinaryOperator, a: bigint, b: bigint): Value {
  switch (operator) {
    case "+":
      return checkInteger(machine, a + b);
    case "-":
      return checkInteger(machine, a - b);
    case "*":
      return checkInteger(machine, a * b);
    case "/":
      return b === 0n ? machine.fail("division by zero") : checkFloat(machine, Number(a) / Number(b));
    case "//":
      return b === 0n ? machine.fail("division by zero") : floorDivide(a, b);
    case "%":
      return b === 0n ? machine.fail("division by zero") : a - floorDivide(a, b) * b;
    case "**":
      return power(machine, a, b);
    case "<<":
      return b < 0n || b > 64n ? machine.fail("shift count out of range") : checkInteger(machine, a << b);
    case ">>":
      return b < 0n ? machine.fail("shift count out of range") : a >> b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    default:
      return a ^ b;
  }
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

export function power(machine: Machine, a: bigint, b: bigint): Value {
  if (b < 0n) return checkFloat(machine, Number(a) ** Number(b));
  const size = a < 0n ? -a : a;
  if (size > 1n && b > 128n) machine.fail(`${a} ** ${b}: A ${machine.settings.strictRange ? 32 : 64} bit integer overflow`);
  return checkInteger(machine, a ** (size <= 1n ? b % 2n || (b === 0n ? 0n : 2n) : b));
}

function floats(machine: Machine, operator: BinaryOperator, a: number, b: number, left: Value, right: Value): Value {
  switch (operator) {
    case "+":
      return checkFloat(machine, a + b);
    case "-":
      return checkFloat(machine, a - b);
    case "*":
      return checkFloat(machine, a * b);
    case "/":
      return b === 0 ? machine.fail("division by zero") : checkFloat(machine, a / b);
    case "//":
      return b === 0 ? machine.fail("division by zero") : checkFloat(machine, Math.floor(a / b));
    case "%":
      return b === 0 ? machine.fail("division by zero") : checkFloat(machine, a - Math.floor(a / b) * b);
    case "**":
      return checkFloat(machine, a ** b);
    default:
      return unsupported(machine, operator, left, right);
  }
}

export function compare(machine: Machine, operator: CompareOperator, left: Value, right: Value): boolean {
  countComparison(machine, left, right);
  switch (operator) {
    case "==":
      return equals(left, right);
    case "!=":
      return !equals(left, right);
    case "is":
      return isSame(left, right);
    case "is not":
      return !isSame(left, right);
    case "in":
      return contains(machine, right, left);
    case "not in":
      return !contains(machine, right, left);
    default:
      return ordered(machine, operator, left, right);
  }
}

/** Values are compared part by part: work of the smaller one, or of the container for `in`. */
function countComparison(machine: Machine, left: Value, right: Value): void {
  const size = Math.max(sizeOf(left), sizeOf(right));
  if (size > 256) machine.work(size);
}

function isSame(left: Value, right: Value): boolean {
  if (isNothing(left) || isNothing(right) || typeof left === "boolean" || typeof right === "boolean") return left === right;
  return equals(left, right);
}

function contains(machine: Machine, container: Value, value: Value): boolean {
  if (typeof container === "string") return typeof value === "string" ? container.includes(value) : false;
  if (container instanceof KclList) return container.peekItems().some((item) => equals(item, value));
  const entries = peekEntriesOf(container);
  if (entries !== undefined) return typeof value === "string" && entries.has(value);
  return machine.fail(`argument of type '${typeName(container)}' is not iterable`);
}

function ordered(machine: Machine, operator: "<" | "<=" | ">" | ">=", left: Value, right: Value): boolean {
  const order = orderOf(left, right);
  if (order === undefined)
    return machine.fail(`'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`);
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

/** Negative, zero or positive; undefined when there is no order. NaN compares as unordered (false for all). */
export function orderOf(left: Value, right: Value): number | undefined {
  const a = left instanceof KclMultiplier ? left.value : asNumber(left);
  const b = right instanceof KclMultiplier ? right.value : asNumber(right);
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : a == b ? 0 : Number.NaN;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (!(left instanceof KclList) || !(right instanceof KclList)) return undefined;
  const items = left.peekItems();
  const others = right.peekItems();
  for (let index = 0; index < Math.min(items.length, others.length); index++) {
    const order = orderOf(items[index], others[index]);
    if (order !== 0) return order;
  }
  return items.length - others.length;
}
