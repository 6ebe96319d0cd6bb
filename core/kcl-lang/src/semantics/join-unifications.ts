/** Joins repeated unifications of one name (`x: S {…}`), over all files of a package, into the last of them. */
import type { ConfigEntry, Module, SchemaStatement, Statement, UnificationStatement } from "../syntax/ast.js";

export function joinUnifications(modules: readonly Module[]): Module[] {
  const replaced = joinIn(modules.flatMap((module) => module.body));
  return modules.map((module) => ({ ...module, body: rewrite(module.body, replaced) }));
}

/** For each unification what stands in its place: the joined one, or nothing. */
type Replacements = ReadonlyMap<Statement, UnificationStatement | undefined>;

function joinIn(body: readonly Statement[]): Replacements {
  const replaced = new Map<Statement, UnificationStatement | undefined>();
  const groups = new Map<string, UnificationStatement[]>();
  const close = (name: string): void => {
    joinGroup(groups.get(name) ?? [], replaced);
    groups.delete(name);
  };
  for (const statement of body) {
    if (statement.kind === "assign") for (const target of statement.targets) close(target.name);
    else if (statement.kind === "augmentedAssign") close(statement.target.name);
    else if (statement.kind === "unification") {
      const group = groups.get(statement.target.name);
      if (group === undefined) groups.set(statement.target.name, [statement]);
      else group.push(statement);
    }
  }
  for (const group of groups.values()) joinGroup(group, replaced);
  return replaced;
}

/** All entries go into the last statement. An `=` entry drops the entries of its key in the statements before. */
function joinGroup(group: readonly UnificationStatement[], replaced: Map<Statement, UnificationStatement | undefined>): void {
  const last = group.at(-1);
  if (last === undefined || group.length < 2) return;
  const kept: (readonly ConfigEntry[])[] = [];
  const dropped = new Set<string | undefined>();
  for (const statement of group.toReversed()) {
    const { entries } = statement.value.config;
    kept.push(entries.filter((entry) => entry.kind !== "entry" || !dropped.has(keyText(entry))));
    for (const entry of entries) {
      const key = entry.kind === "entry" && entry.operator === "=" && entry.index === undefined ? keyText(entry) : undefined;
      if (key !== undefined) dropped.add(key);
    }
  }
  for (const statement of group) replaced.set(statement, undefined);
  const config = { ...last.value.config, entries: kept.reverse().flat() };
  replaced.set(last, { ...last, value: { ...last.value, config } });
}

function keyText(entry: ConfigEntry & { kind: "entry" }): string | undefined {
  if (entry.key.kind === "name") return entry.key.name;
  return entry.key.kind === "string" ? entry.key.value : undefined;
}

function rewrite(body: readonly Statement[], replaced: Replacements): Statement[] {
  return body.flatMap((statement): Statement[] => {
    if (statement.kind === "schema") return [rewriteSchema(statement)];
    if (!replaced.has(statement)) return [statement];
    const joined = replaced.get(statement);
    return joined === undefined ? [] : [joined];
  });
}

function rewriteSchema(statement: SchemaStatement): SchemaStatement {
  const replaced = joinIn(statement.body);
  return replaced.size === 0 ? statement : { ...statement, body: rewrite(statement.body, replaced) };
}
