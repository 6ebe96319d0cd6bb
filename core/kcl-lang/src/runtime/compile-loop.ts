/** Comprehensions and the quantifiers `all`, `any`, `map`, `filter`. */
import type { DictComprehension, Generator, ListComprehension, LoopVariable, QuantifierExpression } from "../syntax/ast.js";
import type { Code } from "./code.js";
import { compileExpression } from "./compile-expression.js";
import { Environment } from "./environment.js";
import { entriesOf, isTrue, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { slots, type StaticScope } from "./static-scope.js";
import { type Entry, KclDict, KclInstance, KclList, type Value } from "./values.js";

/** The elements of something that can be looped over, each with its index or key; nothing that is false has any. */
export function* elements(machine: Machine, source: Value): ElementIterator {
  if (source instanceof KclList) {
    for (let index = 0; index < source.items.length; index++) yield [BigInt(index), source.items[index]];
  } else if (typeof source === "string") {
    let index = 0n;
    for (const char of source) yield [index++, char];
  } else if (isTrue(source)) {
    const entries = entriesOf(source);
    if (entries === undefined) return machine.fail(`'${typeName(source)}' object is not iterable`);
    for (const [key, entry] of entries)
      if (entry.value !== undefined || !(source instanceof KclInstance)) yield [key, entry.value];
  }
}

type ElementIterator = IterableIterator<readonly [key: Value, value: Value]>;

/** With one variable: list element, dict key, character. With two: index or key, and value. */
function bind(variables: number, source: Value, key: Value, value: Value): Value[] {
  if (variables > 1) return [key, value];
  return [entriesOf(source) === undefined ? value : key];
}

function loopScope(variables: readonly LoopVariable[], parent: StaticScope): StaticScope {
  return { kind: "loop", names: slots(variables.map((variable) => variable.name)), parent };
}

type Visit = (machine: Machine, environment: Environment) => void;

/** Compiles nested generators; returns the innermost scope and a runner that visits every combination. */
function compileGenerators(
  generators: readonly Generator[],
  outer: StaticScope,
): { scope: StaticScope; readonly run: (machine: Machine, environment: Environment, visit: Visit) => void } {
  let scope = outer;
  const levels = generators.map((generator) => {
    const source = compileExpression(generator.source, scope);
    scope = loopScope(generator.variables, scope);
    const inner = scope;
    return {
      source,
      variables: generator.variables.length,
      conditions: generator.conditions.map((condition) => compileExpression(condition, inner)),
    };
  });
  const runLevel = (level: number, machine: Machine, environment: Environment, visit: Visit): void => {
    const current = levels[level];
    if (current === undefined) return visit(machine, environment);
    const source = current.source(machine, environment);
    for (const [key, value] of elements(machine, source)) {
      machine.step();
      const inner = new Environment(environment, bind(current.variables, source, key, value));
      if (current.conditions.every((condition) => isTrue(condition(machine, inner)))) runLevel(level + 1, machine, inner, visit);
    }
  };
  return { scope, run: (machine, environment, visit) => runLevel(0, machine, environment, visit) };
}

export function compileListComprehension(node: ListComprehension, outer: StaticScope): Code {
  const { scope, run } = compileGenerators(node.generators, outer);
  const item = compileExpression(node.item, scope);
  return (machine, environment) => {
    const items: Value[] = [];
    run(machine, environment, (inner, local) => {
      inner.allocate(16);
      items.push(item(inner, local));
    });
    return new KclList(
      items,
      items.map(() => node.item.at),
    );
  };
}

export function compileDictComprehension(node: DictComprehension, outer: StaticScope): Code {
  const { scope, run } = compileGenerators(node.generators, outer);
  const key = compileExpression(node.key, scope);
  const value = compileExpression(node.value, scope);
  return (machine, environment) => {
    const entries = new Map<string, Entry>();
    run(machine, environment, (inner, local) => {
      const name = key(inner, local);
      if (typeof name !== "string") return inner.fail(`invalid key type '${typeName(name)}', a key must be a string`);
      inner.allocate(96);
      entries.set(name, { value: value(inner, local), operator: node.operator, place: node.key.at });
    });
    return new KclDict(entries);
  };
}

export function compileQuantifier(node: QuantifierExpression, outer: StaticScope): Code {
  const source = compileExpression(node.source, outer);
  const scope = loopScope(node.variables, outer);
  const test = compileExpression(node.test, scope);
  const condition = node.condition && compileExpression(node.condition, scope);
  const count = node.variables.length;
  return (machine, environment) => {
    const target = source(machine, environment);
    const turns = turnsOf(machine, environment, target, count, condition);
    if (node.form === "map") return new KclList([...turns].map(({ local }) => test(machine, local)));
    if (node.form === "filter") return filter(machine, target, turns, test);
    for (const { local } of turns) if (isTrue(test(machine, local)) === (node.form === "any")) return node.form === "any";
    return node.form === "all";
  };
}

interface Turn {
  readonly key: Value;
  readonly value: Value;
  readonly local: Environment;
}

function* turnsOf(
  machine: Machine,
  environment: Environment,
  target: Value,
  count: number,
  condition: Code | undefined,
): IterableIterator<Turn> {
  for (const [key, value] of elements(machine, target)) {
    machine.step();
    const local = new Environment(environment, bind(count, target, key, value));
    if (condition === undefined || isTrue(condition(machine, local))) yield { key, value, local };
  }
}

/** `filter` keeps the kind of its target. */
function filter(machine: Machine, target: Value, turns: Iterable<Turn>, test: Code): Value {
  const kept = [...turns].filter(({ local }) => isTrue(test(machine, local)));
  const entries = entriesOf(target);
  if (entries !== undefined) return new KclDict(new Map(kept.map(({ key }) => [key as string, entries.get(key as string)!])));
  if (typeof target === "string") return kept.map(({ value }) => value as string).join("");
  return new KclList(kept.map(({ value }) => value));
}
