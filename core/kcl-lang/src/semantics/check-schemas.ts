/** Declarations of schemas: unique names, parents, mixins, hosts, redeclared attributes, index signatures, decorators. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Expression, SchemaStatement } from "../syntax/ast.js";
import { isAssignable } from "./assignable.js";
import { decoratorNames } from "../runtime/decorators.js";
import type { Checker } from "./checker.js";
import { checkParameters } from "./check-parameters.js";
import { inferExpression } from "./infer-expression.js";
import { findAttribute } from "./attribute-index.js";
import { findIndexSignature, lineage, type SchemaSymbol } from "./symbols.js";
import { type Type, typeText } from "./types.js";

export function checkSchemas(checker: Checker): void {
  const statements = checker.pkg.modules.flatMap((module) => module.body).filter((statement) => statement.kind === "schema");
  const names = new Set<string>();
  for (const statement of statements) {
    if (names.has(statement.name)) checker.report(kinds.uniqueKey, `Unique key error name '${statement.name}'`, statement.nameAt);
    names.add(statement.name);
    const schema = checker.pkg.schemas.get(statement.name);
    checkParameters(checker, statement.parameters);
    checkDecorators(checker, statement);
    checkName(checker, statement);
    if (schema?.statement !== statement) continue;
    checkParent(checker, schema);
    checkMixins(checker, schema);
    checkCycle(checker, schema);
    checkAttributes(checker, schema);
    checkIndexSignature(checker, schema);
  }
}

/** What the names of mixins and protocols end with. */
function checkName(checker: Checker, { form, name, nameAt }: SchemaStatement): void {
  if (form === "mixin" && !name.endsWith("Mixin"))
    checker.report(kinds.mixinName, `a valid mixin name should end with 'Mixin', got '${name}'`, nameAt);
  if (form === "protocol" && !name.endsWith("Protocol"))
    checker.report(kinds.compile, "schema protocol name must end with 'Protocol'", nameAt);
}

function checkParent(checker: Checker, schema: SchemaSymbol): void {
  const { parent, host, form } = schema.statement;
  if (parent !== undefined) checkAncestor(checker, parent, schema);
  if (form === "mixin" && schema.parent !== undefined)
    checker.report(kinds.inherit, `mixin inheritance ${schema.parent.name} is prohibited`, schema.statement.nameAt);
  if (host !== undefined) checkHost(checker, host, schema);
}

/** A mixin or rule says what its host offers by a protocol. */
function checkHost(checker: Checker, host: Expression, schema: SchemaSymbol): void {
  const type = inferExpression(checker, host);
  const { form } = schema.statement;
  if (form !== "mixin" && form !== "rule" && !schema.name.endsWith("Mixin"))
    checker.report(kinds.inherit, "only schema mixin can inherit from protocol", host.at);
  const isProtocol = type.kind === "schemaValue" && type.schema.statement.form === "protocol";
  if (!isProtocol && type.kind !== "any")
    checker.report(kinds.inherit, `invalid schema inherit object type, expect protocol, got '${typeText(type)}'`, host.at);
}

function checkAncestor(checker: Checker, parent: Expression, schema: SchemaSymbol): void {
  const type = inferExpression(checker, parent);
  const isSchema = type.kind === "schemaValue";
  const wrongForm =
    isSchema &&
    (type.schema.statement.form === "mixin" || type.schema.name.endsWith("Mixin") || type.schema.statement.form === "protocol") &&
    schema.statement.form !== "protocol";
  if ((isSchema && !wrongForm) || type.kind === "any") return;
  checker.report(kinds.inherit, `invalid schema inherit object type, expect schema, got '${typeText(type)}'`, parent.at);
  schema.parent = undefined;
}

function checkMixins(checker: Checker, schema: SchemaSymbol): void {
  for (const mixin of schema.statement.mixins) {
    const type = inferExpression(checker, mixin);
    const name = mixin.kind === "selector" ? mixin.name : mixin.kind === "name" ? mixin.name : "";
    if (!name.endsWith("Mixin"))
      checker.report(kinds.mixinName, `a valid mixin name should end with 'Mixin', got '${name}'`, mixin.at);
    const isMixin = type.kind === "schemaValue" && (type.schema.statement.form === "mixin" || type.schema.name.endsWith("Mixin"));
    if (!isMixin && type.kind !== "any")
      checker.report(kinds.inherit, `illegal schema mixin object type, expected mixin, got '${typeText(type)}'`, mixin.at);
  }
}

function checkCycle(checker: Checker, schema: SchemaSymbol): void {
  if (endsAtRoot(schema)) return;
  const chain = lineage(schema);
  const last = chain.at(-1);
  if (last?.parent !== schema) return;
  const members = [...checker.pkg.schemas.values()].filter((one) => chain.includes(one));
  const order = [...lineage(members[0] ?? schema)];
  checker.report(
    kinds.compile,
    `There is a circular reference between schemas ${order.map((one) => one.name).join(", ")}`,
    schema.statement.nameAt,
  );
}

/** Whether the ancestors come to an end; each is looked at once. */
function endsAtRoot(schema: SchemaSymbol): boolean {
  const path = new Set<SchemaSymbol>();
  let at: SchemaSymbol | undefined = schema;
  for (; at !== undefined && !rooted.has(at); at = at.parent) {
    if (path.has(at)) return false;
    path.add(at);
  }
  for (const one of path) rooted.add(one);
  return true;
}

/** Schemas whose ancestors are known to come to an end. */
const rooted = new WeakSet<SchemaSymbol>();

/** A child may narrow the type of an attribute, but not change it; nor may a second declaration. */
function checkAttributes(checker: Checker, schema: SchemaSymbol): void {
  const first = new Map<string, Type>();
  for (const line of schema.statement.body) {
    if (line.kind !== "attribute") continue;
    const type = checker.resolve(line.type);
    const before = first.get(line.name) ?? type;
    first.set(line.name, before);
    const text = typeText(type);
    if (!isAssignable(type, before))
      checker.report(kinds.type, `can't change schema field type of '${line.name}' from ${text} to ${text}`, line.at);
  }
  if (schema.parent === undefined) return;
  for (const attribute of schema.attributes.values()) {
    if (attribute.statement === undefined) continue;
    const inherited = findAttribute(schema.parent, attribute.name);
    if (inherited?.statement === undefined || isAssignable(attribute.type, inherited.type)) continue;
    const text = typeText(attribute.type);
    checker.report(kinds.type, `can't change schema field type of '${attribute.name}' from ${text} to ${text}`, attribute.at);
  }
}

function checkIndexSignature(checker: Checker, schema: SchemaSymbol): void {
  for (const extra of schema.statement.extraIndexSignatures)
    checker.report(kinds.indexSignature, "only one index signature is allowed in the schema", extra.at);
  const signature = findIndexSignature(schema);
  if (signature === undefined) return;
  if (schema.indexSignature?.alias !== undefined && findAttribute(schema, schema.indexSignature.alias) !== undefined) {
    checker.report(
      kinds.indexSignature,
      `index signature attribute name '${schema.indexSignature.alias}' cannot have the same name as schema attributes`,
      signature.at,
    );
  }
  if (signature.anyOther) return;
  for (const attribute of schema.attributes.values()) {
    if (attribute.statement === undefined || isAssignable(attribute.type, signature.value)) continue;
    const text = `[${typeText(signature.key)}]: ${typeText(signature.value)}`;
    checker.report(
      kinds.indexSignature,
      `the type '${typeText(attribute.type)}' of schema attribute '${attribute.name}' does not meet the index signature definition ${text}`,
      attribute.at,
    );
  }
}

function checkDecorators(checker: Checker, statement: SchemaStatement): void {
  const all = [...statement.decorators, ...statement.body.flatMap((line) => (line.kind === "attribute" ? line.decorators : []))];
  for (const decorator of all)
    if (!decoratorNames.has(decorator.name)) checker.report(kinds.compile, `UnKnown decorator ${decorator.name}`, decorator.at);
}
