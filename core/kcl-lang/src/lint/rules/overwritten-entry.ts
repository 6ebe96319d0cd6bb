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

function inspectConfig({ entries }: ConfigExpression, warn: Warn): void {
  const keyed = entries.filter((entry) => entry.kind === "entry");
  for (const [index, entry] of keyed.entries()) {
    const name = keyName(entry);
    const later = keyed.slice(index + 1).find((other) => other.operator === "=" && keyName(other) === name);
    if (name === undefined || later === undefined || isRead(name, entries, entry, later)) continue;
    warn(`the entry '${name}' has no effect, because a later one replaces it`, entry.at, {
      secondary: [{ message: "it is replaced here", position: later.at }],
      suggestions: ["remove one of the two, or write ':' to merge them"],
    });
  }
}

/** An entry is a variable for the entries behind it. */
function isRead(name: string, entries: readonly ConfigEntry[], entry: KeyedEntry, later: KeyedEntry): boolean {
  const between = entries.slice(entries.indexOf(entry) + 1, entries.indexOf(later) + 1);
  return readsOf(between).names.has(name);
}

function keyName({ key, bare, index }: KeyedEntry): string | undefined {
  if (index !== undefined) return undefined;
  if (key.kind === "string") return key.value;
  return bare && key.kind === "name" ? key.name : undefined;
}
