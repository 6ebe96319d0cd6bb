/** The compiled form of a schema's statement. */
import type { Place } from "../diagnostics/place.js";
import type { Check, Decorator, SchemaStatement, Statement } from "../syntax/ast.js";
import type { Code } from "./code.js";
import { type BodyCode, compileBody } from "./compile-body.js";
import { compileDecorator, type DecoratorCode } from "./decorators.js";
import { compileExpression } from "./compile-expression.js";
import { compileParameters } from "./compile-lambda.js";
import type { Environment } from "./environment.js";
import type { Machine } from "./machine.js";
import type { ParameterCode } from "./parameters.js";
import { slots, type StaticScope } from "./static-scope.js";
import type { KclDict } from "./values.js";

export interface CheckCode {
  readonly at: Place;
  readonly test: Code;
  readonly condition: Code | undefined;
  readonly message: Code | undefined;
}

export interface SchemaCode extends BodyCode {
  readonly parameters: readonly ParameterCode[];
  readonly checks: readonly CheckCode[];
  readonly indexSignature: { readonly alias: string | undefined; readonly initial: Code | undefined } | undefined;
  /** Runs `@deprecated` and the like, for the schema and for its attributes. */
  decorators(machine: Machine, environment: Environment, config: KclDict): void;
}

export function compileSchema(statement: SchemaStatement, outer: StaticScope): SchemaCode {
  const scope: StaticScope = {
    kind: "body",
    names: slots(statement.parameters.map((parameter) => parameter.name)),
    parent: outer,
  };
  const signature = statement.indexSignature;
  return {
    ...compileBody(statement.body, scope),
    parameters: compileParameters(statement.parameters, scope),
    checks: statement.checks.map((check) => compileCheck(check, scope)),
    indexSignature: signature && {
      alias: signature.alias,
      initial: signature.initial && compileExpression(signature.initial, scope),
    },
    decorators: compileDecorators(statement, scope),
  };
}

function compileCheck(check: Check, scope: StaticScope): CheckCode {
  return {
    at: check.at,
    test: compileExpression(check.test, scope),
    condition: check.condition && compileExpression(check.condition, scope),
    message: check.message && compileExpression(check.message, scope),
  };
}

function compileDecorators(statement: SchemaStatement, scope: StaticScope): SchemaCode["decorators"] {
  const codes: { readonly attribute: string | undefined; readonly run: DecoratorCode }[] = [];
  const add = (decorators: readonly Decorator[], name: string, attribute: string | undefined): void => {
    for (const decorator of decorators) codes.push({ attribute, run: compileDecorator(decorator, name, scope) });
  };
  add(statement.decorators, statement.name, undefined);
  for (const line of statement.body as readonly Statement[])
    if (line.kind === "attribute") add(line.decorators, line.name, line.name);
  return (machine, environment, config) => {
    for (const { attribute, run } of codes) {
      const applies = attribute === undefined || (config.get(attribute) !== undefined && config.get(attribute) !== null);
      if (applies) run(machine, environment);
    }
  };
}
