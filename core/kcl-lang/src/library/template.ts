/** The module `template`: the part of Handlebars that configurations need. Nothing of a template is ever executed as code. */
import { sizeOf } from "../runtime/extent.js";
import { entriesOf, equals, isTrue } from "../runtime/inspect.js";
import { fromJavaScript } from "../runtime/json-value.js";
import { orderOf } from "../runtime/operators.js";
import { elements } from "../runtime/compile-loop.js";
import type { Machine } from "../runtime/machine.js";
import { toText } from "../runtime/text.js";
import { dictFrom, KclList, type Value } from "../runtime/values.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { type TemplateBlock, type TemplateExpression, type TemplateNode, TemplateParser } from "./template-parse.js";

interface Context {
  readonly value: Value;
  readonly parent: Context | undefined;
  /** `index`, `key`, `first`, `last` of a loop, and the names that blocks declare, each with a `|` before it. */
  readonly data: ReadonlyMap<string, Value>;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#x27;",
    "`": "&#x60;",
    "=": "&#x3D;",
  };
  return text.replace(/[&<>"'`=]/g, (char) => entities[char]!);
}

function lookup(context: Context, path: string): Value {
  let at: Context = context;
  let rest = path;
  for (; rest.startsWith("../"); rest = rest.slice(3)) at = at.parent ?? at;
  if (rest === "..") return (at.parent ?? at).value;
  const keys = rest
    .replaceAll(/\[([^\]]*)\]/g, ".$1")
    .split(/[./]/)
    .filter((key) => key !== "" && key !== "this");
  let { value } = at;
  const first = keys[0] ?? "";
  if (first === "@root") {
    while (at.parent !== undefined) at = at.parent;
    ({ value } = at);
    keys.shift();
  } else if (first.startsWith("@")) value = at.data.get(keys.shift()!.slice(1));
  else if (at.data.has(`|${first}`)) value = at.data.get(`|${keys.shift()!}`);
  return keys.reduce(memberOf, value);
}

function memberOf(value: Value, key: string): Value {
  return value instanceof KclList ? value.items[Number(key)] : entriesOf(value)?.get(key)?.value;
}

function show(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return String(value);
  if (value instanceof KclList) return `[${value.items.map(show).join(", ")}]`;
  return entriesOf(value) === undefined ? toText(value) : "[object]";
}

function render(machine: Machine, nodes: readonly TemplateNode[], context: Context): string {
  return nodes.map((node) => renderNode(machine, node, context)).join("");
}

function renderNode(machine: Machine, node: TemplateNode, context: Context): string {
  machine.step();
  if (node.kind === "text") return machine.keep(node.text);
  if (node.kind === "block") return renderBlock(machine, node, context);
  const value = evaluate(machine, node.value, context);
  machine.work(sizeOf(value));
  machine.allocate(2 * sizeOf(value));
  return node.raw ? show(value) : escapeHtml(show(value));
}

function evaluate(machine: Machine, node: TemplateExpression, context: Context): Value {
  if (node.kind === "literal") return fromJavaScript(node.value);
  if (node.kind === "path") return lookup(context, node.path);
  const helper = helpers.get(node.name) ?? machine.fail(`template helper '${node.name}' is not defined`);
  return helper(...node.args.map((arg) => evaluate(machine, arg, context)));
}

const compareWith =
  (test: (order: number) => boolean) =>
  (left: Value, right: Value): Value => {
    const order = orderOf(left, right);
    return order !== undefined && test(order);
  };

/** What can be called inside a tag. */
const helpers: ReadonlyMap<string, (...values: Value[]) => Value> = new Map<string, (...values: Value[]) => Value>([
  ["eq", (left, right) => equals(left, right)],
  ["ne", (left, right) => !equals(left, right)],
  ["gt", compareWith((order) => order > 0)],
  ["gte", compareWith((order) => order >= 0)],
  ["lt", compareWith((order) => order < 0)],
  ["lte", compareWith((order) => order <= 0)],
  ["and", (left, right) => isTrue(left) && isTrue(right)],
  ["or", (left, right) => isTrue(left) || isTrue(right)],
  ["not", (value) => !isTrue(value)],
  ["len", (value) => BigInt(value instanceof KclList ? value.items.length : (entriesOf(value)?.size ?? toText(value).length))],
  ["lookup", (value, key) => memberOf(value, toText(key))],
]);

function renderBlock(machine: Machine, node: TemplateBlock, context: Context): string {
  const [first] = node.args;
  const value = first === undefined ? undefined : evaluate(machine, first, context);
  switch (node.name) {
    case "each":
      return renderEach(machine, node, value, context);
    case "if":
      return render(machine, isTrue(value) ? node.body : node.otherwise, context);
    case "unless":
      return render(machine, isTrue(value) ? node.otherwise : node.body, context);
    case "with":
      if (!isTrue(value)) return render(machine, node.otherwise, context);
      return render(machine, node.body, { value, parent: context, data: named(context, node.names, [value]) });
    default:
      return machine.fail(`template helper '${node.name}' is not defined`);
  }
}

/** The data of a block with its own names in addition. */
function named(context: Context, names: readonly string[], values: readonly Value[]): Map<string, Value> {
  const data = new Map([...context.data].filter(([name]) => name.startsWith("|")));
  for (const [index, name] of names.entries()) data.set(`|${name}`, values[index]);
  return data;
}

function renderEach(machine: Machine, node: TemplateBlock, source: Value, context: Context): string {
  const turns = isTrue(source) ? [...elements(machine, source)] : [];
  if (turns.length === 0) return render(machine, node.otherwise, context);
  return turns
    .map(([key, value], index) => {
      const data = named(context, node.names, [value, key]);
      data.set("index", BigInt(index)).set("key", key);
      data.set("first", index === 0).set("last", index === turns.length - 1);
      return render(machine, node.body, { value, parent: context, data });
    })
    .join("");
}

function execute(call: NativeCall): string {
  const nodes = new TemplateParser((message) => call.fail(message)).parse(call.text("template"));
  const given = call.value("data");
  return render(call.machine, nodes, { value: given ?? dictFrom([]), parent: undefined, data: new Map() });
}

export const templateModule = moduleOf([
  native("execute", ["template", "data"], execute),
  native("html_escape", ["data"], (call) => escapeHtml(call.text("data"))),
]);
