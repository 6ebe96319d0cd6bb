/** Changes inside a value: literals are changed where they stand, anything else by a union with what is new. */
import type { ConfigEntry, ConfigExpression, Expression, KeyedEntry, ListItem } from "../syntax/ast.js";
import { type Change, configFor, entryFor, inside, keyText, literalIndex } from "./change.js";

export function changeValue(value: Expression, change: Change): Expression {
  if (change.steps.length === 0) return changeWhole(value, change);
  switch (value.kind) {
    case "parenthesis":
      return { ...value, value: changeValue(value.value, change) };
    case "config":
      return { ...value, entries: changeEntries(value.entries, change) };
    case "schemaExpression":
      return { ...value, config: { ...value.config, entries: changeEntries(value.config.entries, change) } };
    case "list":
      return change.steps[0]?.kind === "index" ? changeList(value, change) : refuse(value, change, "a list has no keys");
    default:
      return unite(value, change);
  }
}

function refuse<T>(unchanged: T, change: Change, reason: string): T {
  change.refuse(reason);
  return unchanged;
}

/** `value | {…}`, whatever the value turns out to be. */
function unite(value: Expression, change: Change): Expression {
  const delta = configFor(change);
  if (delta === undefined) return refuse(value, change, "an item can be changed where its list is written out");
  return { kind: "binary", at: change.at, operator: "|", left: value, right: delta };
}

function changeWhole(before: Expression, change: Change): Expression {
  const { value, operator } = change;
  if (value === undefined) return before;
  if (operator === ":" && value.kind === "config") return merge(before, value, change);
  if (operator !== "+=") return value;
  if (before.kind === "list" && value.kind === "list") return { ...before, items: [...before.items, ...value.items] };
  return { kind: "binary", at: change.at, operator: "+", left: before, right: value };
}

/** Takes each entry over by its own operator. */
function merge(before: Expression, delta: ConfigExpression, change: Change): Expression {
  if (before.kind !== "config" && before.kind !== "schemaExpression") return delta;
  let result: Expression = before;
  for (const entry of delta.entries) {
    const name = keyText(entry);
    if (entry.kind === "entry" && name !== undefined) {
      const index = literalIndex(entry.index);
      const steps = [{ kind: "key", name } as const, ...(index === undefined ? [] : [{ kind: "index", index } as const])];
      result = changeValue(result, { ...change, steps, operator: entry.operator, value: entry.value });
    } else result = withEntries(result, (entries) => [...entries, entry]);
  }
  return result;
}

function withEntries(value: Expression, edit: (entries: readonly ConfigEntry[]) => ConfigEntry[]): Expression {
  if (value.kind === "config") return { ...value, entries: edit(value.entries) };
  if (value.kind !== "schemaExpression") return value;
  return { ...value, config: { ...value.config, entries: edit(value.config.entries) } };
}

function changeEntries(entries: readonly ConfigEntry[], change: Change): ConfigEntry[] {
  const [first, second] = change.steps;
  if (first?.kind !== "key") return refuse([...entries], change, "a position needs a list");
  if (change.operator === "-" && change.steps.length === 1) return editKeyed(entries, first.name, () => undefined);
  if (change.operator === "+=" && change.steps.length === 1) return [...entries, entryFor(change)!];
  let found = false;
  const edit = (entry: KeyedEntry): KeyedEntry | undefined => {
    const edited = second?.kind === "index" ? changeItem(entry, second.index, change) : changeEntry(entry, change);
    found ||= edited !== entry;
    return edited;
  };
  const edited = editKeyed(entries, first.name, edit);
  if (found || (change.operator === "-" && second?.kind !== "index")) return edited;
  const added = entryFor(change);
  return added === undefined
    ? refuse(edited, change, "a list of lists can be changed where it is written out")
    : [...edited, added];
}

/** Edits the entries of a key, also those under conditions; undefined removes one. */
function editKeyed(
  entries: readonly ConfigEntry[],
  name: string,
  edit: (entry: KeyedEntry) => KeyedEntry | undefined,
): ConfigEntry[] {
  return entries.flatMap((entry): ConfigEntry[] => {
    if (entry.kind === "ifEntry") {
      const { whenTrue, otherwise } = entry;
      return [{ ...entry, whenTrue: editKeyed(whenTrue, name, edit), otherwise: editKeyed(otherwise, name, edit) }];
    }
    if (entry.kind !== "entry" || keyText(entry) !== name) return [entry];
    const edited = edit(entry);
    return edited === undefined ? [] : [edited];
  });
}

/** A whole value goes in place of the entry; positions that were set apart are part of what it replaces. */
function changeEntry(entry: KeyedEntry, change: Change): KeyedEntry | undefined {
  const rest = inside(change);
  if (rest.steps.length > 0) return entry.index === undefined ? { ...entry, value: changeValue(entry.value, rest) } : entry;
  if (entry.index !== undefined) return change.operator === "=" ? undefined : entry;
  const operator = change.operator === "=" ? "=" : entry.operator;
  const { at } = change;
  return { ...entry, at, key: { ...entry.key, at }, operator, value: changeWhole(entry.value, rest) };
}

/** `key: [ … ]`, or the entry of the same position; the entry itself when the change must become one of its own. */
function changeItem(entry: KeyedEntry, index: number, change: Change): KeyedEntry | undefined {
  if (entry.index === undefined && entry.value.kind === "list" && isPlain(entry.value.items))
    return { ...entry, value: changeList(entry.value, inside(change)) };
  const rest = inside(change, 2);
  if (literalIndex(entry.index) !== index || change.operator === "+=") return entry;
  if (rest.steps.length > 0) return { ...entry, value: changeValue(entry.value, rest) };
  return change.operator === "-" ? undefined : { ...entry, operator: "=", value: changeWhole(entry.value, rest) };
}

function isPlain(items: readonly ListItem[]): boolean {
  return items.every((item) => item.kind === "item");
}

function changeList(list: Expression & { kind: "list" }, change: Change): Expression {
  const [step] = change.steps;
  if (step?.kind !== "index" || !isPlain(list.items)) return refuse(list, change, "the list has items that are not written out");
  const position = step.index < 0 ? list.items.length + step.index : step.index;
  const found = list.items[position];
  if (found === undefined) {
    const count = list.items.length === 1 ? "1 item" : `${list.items.length} items`;
    return refuse(list, change, `position ${step.index} is out of range, the list has ${count}`);
  }
  const rest = inside(change);
  const items = [...list.items];
  if (rest.steps.length === 0 && change.operator === "-") items.splice(position, 1);
  else if (rest.steps.length === 0 && change.operator === "+=") items.splice(position, 0, ...itemsOf(change.value));
  else items[position] = { kind: "item", value: changeValue((found as ListItem & { kind: "item" }).value, rest) };
  return { ...list, items };
}

/** What `list[n] += value` puts in before the position. */
function itemsOf(value: Expression | undefined): readonly ListItem[] {
  if (value?.kind === "list") return value.items;
  return value === undefined ? [] : [{ kind: "item", value }];
}
