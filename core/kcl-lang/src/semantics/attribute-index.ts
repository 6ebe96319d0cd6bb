/**
 * Attributes of schemas with their ancestors, found without walking over all of them: every `landmark` levels a schema has a table of
 * all attributes from there on. Asked once the schemas of a program are linked; they do not change then.
 */
import type { AttributeSymbol, SchemaSymbol } from "./symbols.js";

/** So many ancestors are looked at one after the other before a table is worth its memory. */
const landmark = 32;

type Table = ReadonlyMap<string, AttributeSymbol>;

/** What a schema has itself, from its mixins and its host; the first one that is declared wins, else the first. */
export function ownAttributes(schema: SchemaSymbol): Table {
  if (schema.mixins.length === 0 && schema.host === undefined) return schema.attributes;
  const known = own.get(schema);
  if (known !== undefined) return known;
  const table = new Map<string, AttributeSymbol>();
  for (const source of [schema, ...schema.mixins, ...(schema.host ? [schema.host] : [])]) addMissing(table, source.attributes);
  own.set(schema, table);
  return table;
}

const own = new WeakMap<SchemaSymbol, Table>();

/** An attribute of the schema, its mixins, its host protocol or its ancestors. */
export function findAttribute(schema: SchemaSymbol, name: string): AttributeSymbol | undefined {
  let inferred: AttributeSymbol | undefined;
  let at: SchemaSymbol | undefined = schema;
  for (let level = levelOf(schema); at !== undefined && level > 0; at = at.parent, level--) {
    const found: AttributeSymbol | undefined = level % landmark === 0 ? tableOf(at).get(name) : ownAttributes(at).get(name);
    if (found?.statement !== undefined) return found;
    inferred ??= found;
    if (level % landmark === 0) break;
  }
  return inferred;
}

function tableOf(schema: SchemaSymbol): Table {
  const known = tables.get(schema);
  if (known !== undefined) return known;
  const table = new Map<string, AttributeSymbol>();
  const rest = levelOf(schema) - landmark;
  let at: SchemaSymbol | undefined = schema;
  for (let level = levelOf(schema); at !== undefined && level > rest; at = at.parent, level--)
    addMissing(table, ownAttributes(at));
  if (at !== undefined && rest > 0) addMissing(table, tableOf(at));
  tables.set(schema, table);
  return table;
}

const tables = new WeakMap<SchemaSymbol, Table>();

function addMissing(table: Map<string, AttributeSymbol>, attributes: Table): void {
  for (const [name, attribute] of attributes) {
    const before = table.get(name);
    if (before === undefined || (before.statement === undefined && attribute.statement !== undefined)) table.set(name, attribute);
  }
}

/** How many schemas the line of ancestors has, the schema included; one that goes in a circle ends before it would repeat. */
function levelOf(schema: SchemaSymbol): number {
  const known = levels.get(schema);
  if (known !== undefined) return known;
  const path = new Set<SchemaSymbol>();
  let at: SchemaSymbol | undefined = schema;
  for (; at !== undefined && !levels.has(at) && !path.has(at); at = at.parent) path.add(at);
  if (at !== undefined && path.has(at)) return levelInCircle(schema, path.size);
  let level = at === undefined ? 0 : levels.get(at)!;
  for (const one of [...path].reverse()) levels.set(one, ++level);
  return level;
}

const levels = new WeakMap<SchemaSymbol, number>();

/** Schemas in a circle are refused; none of their levels is a landmark, so each is looked at once. */
function levelInCircle(schema: SchemaSymbol, size: number): number {
  const level = size < landmark ? size : landmark - 1;
  levels.set(schema, level);
  return level;
}
