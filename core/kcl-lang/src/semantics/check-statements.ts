/** Statements of packages and schemas: every expression, and every value against the type of what it is assigned to. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type {
  AssignStatement,
  AttributeStatement,
  AugmentedAssignStatement,
  Check,
  SchemaStatement,
  Statement,
  Target,
} from "../syntax/ast.js";
import { type Annotation, overruled, reportChange } from "./check-annotations.js";
import type { Checker } from "./checker.js";
import { checkTypeNode } from "./check-type-names.js";
import { inferExpression, memberType, requireAssignable } from "./infer-expression.js";
import { inferSchemaExpression, reportUnknownMember } from "./infer-config.js";
import { binaryType } from "./operator-types.js";
import { findAttribute } from "./attribute-index.js";
import type { SchemaSymbol } from "./symbols.js";
import { anyType, type Type, typeText } from "./types.js";

export function checkStatement(checker: Checker, statement: Statement): void {
  switch (statement.kind) {
    case "assign":
      return checkAssign(checker, statement);
    case "augmentedAssign":
      return checkAugmented(checker, statement);
    case "unification":
      inferSchemaExpression(checker, statement.value);
      return;
    case "attribute":
      return checkAttribute(checker, statement);
    case "expression":
      inferExpression(checker, statement.value);
      return;
    case "assert":
      for (const part of [statement.test, statement.condition, statement.message])
        if (part !== undefined) inferExpression(checker, part);
      return;
    case "if":
      inferExpression(checker, statement.condition);
      for (const inner of [...statement.body, ...statement.otherwise]) checkStatement(checker, inner);
      return;
    case "typeAlias":
      return checkTypeNode(checker, statement.type);
    case "schema":
      return checkSchemaBody(checker, statement);
    default:
  }
}

function checkAssign(checker: Checker, statement: AssignStatement): void {
  if (statement.type !== undefined) checkTypeNode(checker, statement.type);
  const other = checker.scope === undefined ? overruled(checker, statement) : undefined;
  if (other !== undefined) return checkOverruled(checker, statement, other);
  const declared = statement.type === undefined ? anyType : checker.resolve(statement.type);
  const value = inferExpression(checker, statement.value, declared, statement.type && statement.targets[0]?.at);
  for (const target of statement.targets)
    requireAssignable(checker, value, statement.type === undefined ? targetType(checker, target) : declared, target.at);
}

/** An assignment whose annotation a later one contradicts is read as if it had that one. */
function checkOverruled(checker: Checker, statement: AssignStatement, valid: Annotation): void {
  const { name, at } = statement.targets[0]!;
  reportChange(checker, name, at, valid.type, valid);
  const value = inferExpression(checker, statement.value, valid.type, at);
  reportChange(checker, name, at, checker.resolve(statement.type), valid);
  requireAssignable(checker, value, valid.type, at);
}

/** The type of what a target names; unknown parts are `any`. */
function targetType(checker: Checker, target: Target): Type {
  let type = baseType(checker, target);
  for (const step of target.path) {
    if (step.kind === "index") inferExpression(checker, step.index);
    if (step.kind === "attribute")
      type = type.kind === "schema" ? attributeType(checker, type.schema, step.name, step.at) : anyType;
    else type = anyType;
  }
  return type;
}

function attributeType(checker: Checker, schema: SchemaSymbol, name: string, at: Place): Type {
  const type = memberType(checker, { kind: "schema", schema }, name);
  if (type === undefined) reportUnknownMember(checker, schema, name, at);
  return type ?? anyType;
}

function baseType(checker: Checker, target: Target): Type {
  const schema = checker.scope?.schema;
  if (schema !== undefined) return findAttribute(schema, target.name)?.type ?? anyType;
  const variable = checker.pkg.variables.get(target.name);
  return variable === undefined ? anyType : checker.variableType(checker.pkg, variable);
}

function checkAugmented(checker: Checker, statement: AugmentedAssignStatement): void {
  const before = targetType(checker, statement.target);
  const value = inferExpression(checker, statement.value, statement.operator === "|" ? before : anyType);
  if (before.kind === "any" || binaryType(statement.operator, before, value) !== undefined) return;
  checker.report(
    kinds.type,
    `unsupported operand type(s) for ${statement.operator}: '${typeText(before)}' and '${typeText(value)}'`,
    statement.at,
  );
}

function checkAttribute(checker: Checker, statement: AttributeStatement): void {
  checkTypeNode(checker, statement.type);
  if (statement.value === undefined) return;
  const type = checker.resolve(statement.type);
  const value = inferExpression(checker, statement.value, type, statement.at);
  requireAssignable(checker, value, type, statement.at);
}

function checkSchemaBody(checker: Checker, statement: SchemaStatement): void {
  const schema = checker.pkg.schemas.get(statement.name);
  if (schema === undefined || schema.statement !== statement) return;
  const parameters = statement.parameters.map((parameter) => [parameter.name, checker.resolve(parameter.type)] as const);
  for (const parameter of statement.parameters) {
    if (parameter.type !== undefined) checkTypeNode(checker, parameter.type);
    if (parameter.initial !== undefined)
      requireAssignable(checker, inferExpression(checker, parameter.initial), checker.resolve(parameter.type), parameter.at);
  }
  checker.within("schema", parameters, () => checkMembers(checker, statement, schema), schema);
}

function checkMembers(checker: Checker, statement: SchemaStatement, schema: SchemaSymbol): void {
  for (const line of statement.body) checkStatement(checker, line);
  const signature = statement.indexSignature;
  const alias: [string, Type][] = signature?.alias === undefined ? [] : [[signature.alias, anyType]];
  checker.within(
    "schema",
    alias,
    () => {
      if (signature !== undefined) {
        checkTypeNode(checker, signature.key);
        checkTypeNode(checker, signature.value);
        if (signature.initial !== undefined) inferExpression(checker, signature.initial, checker.resolve(signature.value));
      }
      for (const check of statement.checks) checkCheck(checker, check);
    },
    schema,
  );
}

function checkCheck(checker: Checker, check: Check): void {
  for (const part of [check.test, check.condition, check.message]) if (part !== undefined) inferExpression(checker, part);
}
