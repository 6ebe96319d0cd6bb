/** Expressions to closures: literals, operators, selectors. Calls, literals of dicts, loops and lambdas have files of their own. */
import { resolveTypeNode } from "../semantics/resolve-type.js";
import type {
  CompareExpression,
  Expression,
  ListItem,
  SelectorExpression,
  SliceExpression,
  SubscriptExpression,
  TemplatePart,
} from "../syntax/ast.js";
import type { Code } from "./code.js";
import { compileCall } from "./compile-call.js";
import { compileConfig } from "./compile-config.js";
import { compileLambda } from "./compile-lambda.js";
import { compileDictComprehension, compileListComprehension, compileQuantifier } from "./compile-loop.js";
import { compileName } from "./compile-name.js";
import { compileSchemaExpression } from "./compile-schema-expression.js";
import { castTo } from "./convert.js";
import { entriesOf, isNothing, isTrue, typeName } from "./inspect.js";
import { formatTemplate } from "./template.js";
import { binary, compare, unary } from "./operators.js";
import { selectAttribute, sliceValue, subscriptValue } from "./select.js";
import { packageOf, type StaticScope } from "./static-scope.js";
import { KclList, multiplier, type Value } from "./values.js";
import type { Place } from "../diagnostics/place.js";

export function compileExpression(node: Expression, scope: StaticScope): Code {
  switch (node.kind) {
    case "int":
      return compileInteger(node);
    case "float":
    case "string":
    case "constant":
      return constant(node.value, node.at);
    case "template":
      return compileTemplate(node.parts, scope);
    case "name":
      return compileName(scope, node.name, node.at);
    case "parenthesis":
      return compileExpression(node.value, scope);
    case "unary": {
      if (node.operator === "-" && node.value.kind === "int" && node.value.unit === undefined)
        return compileInteger({ ...node.value, value: -node.value.value, at: node.at });
      const value = compileExpression(node.value, scope);
      return (machine, environment) => {
        machine.place = node.at;
        return unary(machine, node.operator, value(machine, environment));
      };
    }
    case "binary": {
      const left = compileExpression(node.left, scope);
      const right = compileExpression(node.right, scope);
      return (machine, environment) => {
        machine.place = node.at;
        return binary(machine, node.operator, left(machine, environment), right(machine, environment));
      };
    }
    case "logic":
      return compileLogic(node, scope);
    case "compare":
      return compileCompare(node, scope);
    case "conditional":
      return compileConditional(node, scope);
    case "as":
      return compileAs(node, scope);
    case "selector":
      return compileSelector(node, scope);
    case "subscript":
      return compileSubscript(node, scope);
    case "slice":
      return compileSlice(node, scope);
    case "call":
      return compileCall(node, scope);
    case "list":
      return compileList(node, scope);
    case "listComprehension":
      return compileListComprehension(node, scope);
    case "dictComprehension":
      return compileDictComprehension(node, scope);
    case "config":
      return compileConfig(node, scope, scope.kind === "config" && scope.deferred);
    case "schemaExpression":
      return compileSchemaExpression(node, scope);
    case "quantifier":
      return compileQuantifier(node, scope);
    case "lambda":
      return compileLambda(node, scope);
    default:
      return (machine) => machine.fail("invalid expression", node.at);
  }
}

function constant(value: Value, place: Place): Code {
  return (machine) => {
    machine.place = place;
    return value;
  };
}

function compileInteger(node: Expression & { kind: "int" }): Code {
  if (node.unit !== undefined) return constant(multiplier(node.value, node.unit), node.at);
  const fits = BigInt.asIntN(64, node.value) === node.value;
  return fits ? constant(node.value, node.at) : (machine) => machine.fail(`${node.value}: A 64 bit integer overflow`, node.at);
}

function compileTemplate(parts: readonly TemplatePart[], scope: StaticScope): Code {
  const codes = parts.map((part) => ({ format: part.format, value: compileExpression(part.value, scope) }));
  return (machine, environment) => {
    let text = "";
    for (const { format, value } of codes) text += formatTemplate(machine, value(machine, environment), format);
    return machine.keep(text);
  };
}

function compileLogic(node: Expression & { kind: "logic" }, scope: StaticScope): Code {
  const left = compileExpression(node.left, scope);
  const right = compileExpression(node.right, scope);
  const stopAt = node.operator === "or";
  return (machine, environment) => {
    const value = left(machine, environment);
    return isTrue(value) === stopAt ? value : right(machine, environment);
  };
}

function compileCompare(node: CompareExpression, scope: StaticScope): Code {
  const first = compileExpression(node.first, scope);
  const rest = node.rest.map((step) => ({ operator: step.operator, value: compileExpression(step.value, scope) }));
  return (machine, environment) => {
    machine.place = node.at;
    let left = first(machine, environment);
    for (const { operator, value } of rest) {
      const right = value(machine, environment);
      if (!compare(machine, operator, left, right)) return false;
      left = right;
    }
    return true;
  };
}

function compileConditional(node: Expression & { kind: "conditional" }, scope: StaticScope): Code {
  const condition = compileExpression(node.condition, scope);
  const whenTrue = compileExpression(node.whenTrue, scope);
  const otherwise = compileExpression(node.otherwise, scope);
  return (machine, environment) =>
    isTrue(condition(machine, environment)) ? whenTrue(machine, environment) : otherwise(machine, environment);
}

function compileAs(node: Expression & { kind: "as" }, scope: StaticScope): Code {
  const { program, pkg } = packageOf(scope);
  const type = resolveTypeNode(program, pkg, node.type);
  const value = compileExpression(node.value, scope);
  return (machine, environment) => {
    machine.place = node.at;
    return castTo(machine, value(machine, environment), type);
  };
}

function compileSelector(node: SelectorExpression, scope: StaticScope): Code {
  const value = compileExpression(node.value, scope);
  return (machine, environment) => {
    const target = value(machine, environment);
    machine.place = node.at;
    if (node.optional && !isTrue(target)) return null;
    return selectAttribute(machine, target, node.name);
  };
}

function compileSubscript(node: SubscriptExpression, scope: StaticScope): Code {
  const value = compileExpression(node.value, scope);
  const index = compileExpression(node.index, scope);
  return (machine, environment) => {
    const target = value(machine, environment);
    machine.place = node.at;
    if (node.optional && !isTrue(target)) return null;
    return subscriptValue(machine, target, index(machine, environment));
  };
}

function compileSlice(node: SliceExpression, scope: StaticScope): Code {
  const value = compileExpression(node.value, scope);
  const [lower, upper, step] = [node.lower, node.upper, node.step].map((part) => part && compileExpression(part, scope));
  return (machine, environment) => {
    const target = value(machine, environment);
    machine.place = node.at;
    if (node.optional && !isTrue(target)) return null;
    return sliceValue(
      machine,
      target,
      lower?.(machine, environment),
      upper?.(machine, environment),
      step?.(machine, environment),
    );
  };
}

/** Adds items to a list under construction. */
type ItemCode = (
  machine: Parameters<Code>[0],
  environment: Parameters<Code>[1],
  items: Value[],
  places: (Place | undefined)[],
) => void;

function compileList(node: Expression & { kind: "list" }, scope: StaticScope): Code {
  const codes = node.items.map((item) => compileItem(item, scope));
  return (machine, environment) => {
    machine.place = node.at;
    const items: Value[] = [];
    const places: (Place | undefined)[] = [];
    for (let index = 0; index < codes.length; index++) codes[index]!(machine, environment, items, places);
    return machine.keep(new KclList(items, places));
  };
}

function compileItem(item: ListItem, scope: StaticScope): ItemCode {
  if (item.kind === "item") {
    const value = compileExpression(item.value, scope);
    return (machine, environment, items, places) => {
      items.push(value(machine, environment));
      places.push(item.value.at);
    };
  }
  if (item.kind === "spread") {
    const value = compileExpression(item.value, scope);
    return (machine, environment, items, places) => {
      const list = value(machine, environment);
      if (isNothing(list)) return;
      const keys = entriesOf(list)?.keys();
      if (keys !== undefined) {
        for (const key of keys) items.push(key);
        return;
      }
      if (!(list instanceof KclList))
        return machine.fail(`only list, dict and schema object can be used * unpacked, got '${typeName(list)}'`);
      for (const [index, one] of list.items.entries()) {
        items.push(one);
        places.push(list.places?.[index] ?? item.at);
      }
    };
  }
  const condition = compileExpression(item.condition, scope);
  const whenTrue = item.whenTrue.map((one) => compileItem(one, scope));
  const otherwise = item.otherwise.map((one) => compileItem(one, scope));
  return (machine, environment, items, places) => {
    for (const code of isTrue(condition(machine, environment)) ? whenTrue : otherwise) code(machine, environment, items, places);
  };
}
