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
  const last = new Map<string, UnificationStatement>();
  for (const statement of body) {
    if (statement.kind === "assign" || statement.kind === "augmentedAssign") {
      const targets = statement.kind === "assign" ? statement.targets : [statement.target];
      for (const target of targets) last.delete(target.name);
    }
    if (statement.kind !== "unification") continue;
    const before = last.get(statement.target.name);
    last.set(statement.target.name, statement);
    if (before === undefined) continue;
    const earlier = replaced.get(before) ?? before;
    replaced.set(before, undefined);
    replaced.set(statement, join(earlier, statement));
  }
  return replaced;
}

function join(before: UnificationStatement, after: UnificationStatement): UnificationStatement {
  const entries = [...withoutReplaced(before.value.config.entries, after.value.config.entries), ...after.value.config.entries];
  return { ...after, value: { ...after.value, config: { ...after.value.config, entries } } };
}

/** An `=` entry drops the earlier entries of its key. */
function withoutReplaced(earlier: readonly ConfigEntry[], later: readonly ConfigEntry[]): ConfigEntry[] {
  const dropped = new Set(
    later.flatMap((entry) =>
      entry.kind === "entry" && entry.operator === "=" && entry.index === undefined ? [keyText(entry)] : [],
    ),
  );
  dropped.delete(undefined);
  return earlier.filter((entry) => entry.kind !== "entry" || !dropped.has(keyText(entry)));
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
