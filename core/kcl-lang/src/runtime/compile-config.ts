/** Dict literals. Entries are merged one after another; each sees the values before it as local variables. */
import type { ConfigEntry, ConfigExpression, Expression, KeyedEntry } from "../syntax/ast.js";
import type { Code } from "./code.js";
import { compileExpression } from "./compile-expression.js";
import { Environment } from "./environment.js";
import { entriesOf, isNothing, isTrue, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { addEntry } from "./merge.js";
import { isLoopVariable, type StaticScope } from "./static-scope.js";
import { type Entry, KclDict, KclInstance } from "./values.js";

type EntryCode = (machine: Machine, environment: Environment, entries: Map<string, Entry>) => void;

/** `deferred`: the literal configures a schema, so an entry with a list position may wait for the schema's default. */
export function compileConfig(
  node: ConfigExpression,
  outer: StaticScope,
  deferred: boolean,
): (machine: Machine, environment: Environment) => KclDict {
  const scope: StaticScope = { kind: "config", keys: keysOf(node.entries), deferred, parent: outer };
  const codes = node.entries.map((entry) => compileEntry(entry, scope, deferred));
  return (machine, environment) => {
    machine.place = node.at;
    const inner = new Environment(environment, []);
    const entries = new Map<string, Entry>();
    inner.entries = entries;
    for (let index = 0; index < codes.length; index++) codes[index]!(machine, inner, entries);
    return machine.keep(new KclDict(entries));
  };
}

function keysOf(entries: readonly ConfigEntry[], keys = new Set<string>()): Set<string> {
  for (const entry of entries) {
    if (entry.kind === "ifEntry") {
      keysOf(entry.whenTrue, keys);
      keysOf(entry.otherwise, keys);
    } else if (entry.kind === "entry") {
      const key = staticKey(entry.key);
      if (key !== undefined) keys.add(key);
    }
  }
  return keys;
}

function staticKey(key: Expression): string | undefined {
  if (key.kind === "name") return key.name;
  return key.kind === "string" ? key.value : undefined;
}

function compileEntry(entry: ConfigEntry, scope: StaticScope, deferred: boolean): EntryCode {
  if (entry.kind === "unpack") return compileUnpack(entry.value, scope);
  if (entry.kind === "entry") return compileKeyed(entry, scope, deferred);
  const condition = compileExpression(entry.condition, scope);
  const whenTrue = entry.whenTrue.map((one) => compileEntry(one, scope, deferred));
  const otherwise = entry.otherwise.map((one) => compileEntry(one, scope, deferred));
  return (machine, environment, entries) => {
    for (const code of isTrue(condition(machine, environment)) ? whenTrue : otherwise) code(machine, environment, entries);
  };
}

function compileUnpack(node: Expression, scope: StaticScope): EntryCode {
  const value = compileExpression(node, scope);
  return (machine, environment, entries) => {
    const source = value(machine, environment);
    if (isNothing(source)) return;
    const found = entriesOf(source);
    if (found === undefined) return machine.fail(`only dict and schema can be used ** unpack, got '${typeName(source)}'`);
    for (const [key, entry] of found) {
      if (source instanceof KclInstance && entry.value === undefined) continue;
      addEntry(machine, entries, key, entry.place === undefined ? { ...entry, place: node.at } : entry);
    }
  };
}

function compileKeyed(entry: KeyedEntry, scope: StaticScope, deferred: boolean): EntryCode {
  const key = compileKey(entry, scope);
  const value = compileExpression(entry.value, scope);
  const index = entry.index && compileExpression(entry.index, scope);
  const { operator } = entry;
  return (machine, environment, entries) => {
    const name = typeof key === "string" ? key : dynamicKey(machine, key, environment);
    if (name === undefined) return;
    const position = index === undefined ? undefined : Number(index(machine, environment));
    const added: Entry = { value: value(machine, environment), operator, index: position, place: entry.at };
    if (deferred && position !== undefined && !entries.has(name)) entries.set(name, added);
    else addEntry(machine, entries, name, added);
  };
}

/** A bare key is its own name, unless it is a loop variable; then its value is the key. */
function compileKey(entry: KeyedEntry, scope: StaticScope): string | Code {
  if (entry.key.kind === "string") return entry.key.value;
  if (entry.key.kind === "name" && !isLoopVariable(scope, entry.key.name)) return entry.key.name;
  return compileExpression(entry.key, scope.parent ?? scope);
}

function dynamicKey(machine: Machine, key: Code, environment: Environment): string | undefined {
  const value = key(machine, environment.parent ?? environment);
  if (typeof value === "string") return value;
  return isNothing(value) ? undefined : machine.fail(`invalid key type '${typeName(value)}', a key must be a string`);
}
