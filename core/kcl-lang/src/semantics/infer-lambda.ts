/** Lambdas: their type, and their bodies, in which names are local and may change. */
import { flatten, targetsOf } from "./declare.js";
import type { LambdaExpression, Statement } from "../syntax/ast.js";
import type { Checker } from "./checker.js";
import { inferExpression, requireAssignable } from "./infer-expression.js";
import { anyType, type Type, widen } from "./types.js";

export function inferLambda(checker: Checker, node: LambdaExpression): Type {
  const parameters = node.parameters.map((parameter) => ({
    name: parameter.name,
    type: checker.resolve(parameter.type),
    optional: parameter.initial !== undefined,
    at: parameter.at,
  }));
  for (const parameter of node.parameters) if (parameter.initial !== undefined) inferExpression(checker, parameter.initial);
  const declared = node.result === undefined ? undefined : checker.resolve(node.result);
  const names = new Map<string, Type>(assignedNames(node.body).map((name) => [name, anyType]));
  for (const parameter of parameters) names.set(parameter.name, parameter.type);
  const last = checker.within("lambda", names, () => checkStatements(checker, node.body, declared ?? anyType));
  if (declared !== undefined && last !== undefined) requireAssignable(checker, last.type, declared, last.at);
  return { kind: "function", parameters, result: declared ?? (last === undefined ? anyType : resultType(last.type)) };
}

/** Without an annotation a result is only known as far as it is plain. */
function resultType(type: Type): Type {
  const widened = widen(type);
  return ["str", "bool", "schema", "function"].includes(widened.kind) ? widened : anyType;
}

function assignedNames(body: readonly Statement[]): string[] {
  return [...flatten(body)].flatMap((statement) => targetsOf(statement).map((target) => target.name));
}

interface Last {
  readonly type: Type;
  readonly at: Statement["at"];
}

/** Checks a body; gives the type of its value when the last statement is an expression. */
function checkStatements(checker: Checker, body: readonly Statement[], expected: Type): Last | undefined {
  let last: Last | undefined;
  for (const [index, statement] of body.entries())
    last = checkStatement(checker, statement, index === body.length - 1 ? expected : anyType);
  return last;
}

function checkStatement(checker: Checker, statement: Statement, expected: Type): Last | undefined {
  switch (statement.kind) {
    case "expression":
      return { type: inferExpression(checker, statement.value, expected), at: statement.at };
    case "assign": {
      const declared = statement.type === undefined ? anyType : checker.resolve(statement.type);
      const type = inferExpression(checker, statement.value, declared);
      requireAssignable(checker, type, declared, statement.at);
      return undefined;
    }
    case "augmentedAssign":
    case "unification":
      inferExpression(checker, statement.value);
      return undefined;
    case "assert":
      for (const part of [statement.test, statement.condition, statement.message])
        if (part !== undefined) inferExpression(checker, part);
      return undefined;
    case "if":
      inferExpression(checker, statement.condition);
      checkStatements(checker, statement.body, expected);
      checkStatements(checker, statement.otherwise, expected);
      return undefined;
    default:
      return undefined;
  }
}
