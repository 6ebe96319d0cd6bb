/** An entry that a later `=` entry of the same key replaces, so that it has no effect. */
import type { ConfigEntry, ConfigExpression, Expression, KeyedEntry } from "../../syntax/ast.js";
import { readsOf } from "../reads.js";
import type { Rule, Warn } from "../rule.js";
import { walk } from "../walk.js";

export const overwrittenEntry: Rule = {
  code: "W1008",
  name: "OverwrittenEntryWarning",
  inspect({ files }, warn) {
    for (const { tree } of files)
      walk(tree.body, (node) => {
        const one = node as Expression;
        if (one.kind === "config") inspectConfig(one, warn);
      });
  },
};

/** From the last entry on: what is behind an entry is known when its turn comes. */
function inspectConfig({ entries }: ConfigExpression, warn: Warn): void {
  if (!replacesAny(entries)) return;
  const found: (readonly [name: string, entry: KeyedEntry, later: KeyedEntry])[] = [];
  const replacedAt = new Map<string, number>();
  const readAt = new Map<string, number>();
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index]!;
    const name = entry.kind === "entry" ? keyName(entry) : undefined;
    const later = name === undefined ? undefined : replacedAt.get(name);
    // An entry is a variable for the entries behind it.
    const isRead = later !== undefined && (readAt.get(name!) ?? Number.POSITIVE_INFINITY) <= later;
    if (later !== undefined && !isRead) found.push([name!, entry as KeyedEntry, entries[later] as KeyedEntry]);
    if (name !== undefined && (entry as KeyedEntry).operator === "=") replacedAt.set(name, index);
    for (const read of readsOf([entry]).names) readAt.set(read, index);
  }
  for (const [name, entry, later] of found.reverse()) {
    warn(`the entry '${name}' has no effect, because a later one replaces it`, entry.at, {
      secondary: [{ message: "it is replaced here", position: later.at }],
      suggestions: ["remove one of the two, or write ':' to merge them"],
    });
  }
}

/** Whether it is worth looking for what is read: that goes through all values, also those of literals inside each other. */
function replacesAny(entries: readonly ConfigEntry[]): boolean {
  const names = new Set<string>();
  for (const entry of entries) {
    const name = entry.kind === "entry" ? keyName(entry) : undefined;
    if (name === undefined) continue;
    if (names.has(name) && (entry as KeyedEntry).operator === "=") return true;
    names.add(name);
  }
  return false;
}

function keyName({ key, bare, index }: KeyedEntry): string | undefined {
  if (index !== undefined) return undefined;
  if (key.kind === "string") return key.value;
  return bare && key.kind === "name" ? key.name : undefined;
}
