/** `S {…}`, `S(args) {…}` and `instance {…}`. */
import type { SchemaExpression } from "../syntax/ast.js";
import type { Code } from "./code.js";
import { compileArguments } from "./compile-call.js";
import { compileConfig } from "./compile-config.js";
import { compileExpression } from "./compile-expression.js";
import { typeName } from "./inspect.js";
import { union } from "./merge.js";
import { beginSchema, endSchema } from "./required.js";
import { SchemaClass } from "./schema-class.js";
import type { StaticScope } from "./static-scope.js";
import { KclDict, KclInstance } from "./values.js";

export function compileSchemaExpression(node: SchemaExpression, scope: StaticScope): Code {
  const schema = compileExpression(node.schema, scope);
  const args = compileArguments(node.args, node.keywords, scope);
  const config = compileConfig(node.config, scope, true);
  return (machine, environment) => {
    beginSchema(machine, node.at);
    machine.place = node.at;
    const given = config(machine, environment);
    const target = schema(machine, environment);
    if (target instanceof SchemaClass)
      return endSchema(machine, node.at, target.build(machine, given, args(machine, environment), node.at));
    if (target instanceof KclInstance || target instanceof KclDict)
      return endSchema(machine, node.at, union(machine, target, given));
    return machine.fail(`'${typeName(target)}' object is not a schema`);
  };
}
