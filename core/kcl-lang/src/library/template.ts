/** The module `template`: the part of Handlebars that configurations need. Nothing of a template is ever executed as code. */
import { sizeOf } from "../runtime/extent.js";
import { entriesOf, isTrue } from "../runtime/inspect.js";
import { elements } from "../runtime/compile-loop.js";
import type { Machine } from "../runtime/machine.js";
import { toText } from "../runtime/text.js";
import { dictFrom, KclList, type Value } from "../runtime/values.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { templateTags } from "./template-tags.js";

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly path: string; readonly raw: boolean }
  | {
      readonly kind: "block";
      readonly name: string;
      readonly path: string;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

interface Context {
  readonly value: Value;
  readonly parent: Context | undefined;
  /** `@index`, `@key`, `@first`, `@last`. */
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

class TemplateParser {
  private readonly stack: { name: string; path: string; body: Node[]; otherwise: Node[]; inElse: boolean }[] = [];
  private readonly root: Node[] = [];

  constructor(private readonly fail: (message: string) => never) {}

  /** A block tag, an else or a comment alone on its line takes the whole line with it. */
  parse(source: string): readonly Node[] {
    let from = 0;
    for (const { start, end, indent, content, triple, lineEnd } of templateTags(source)) {
      const atLineStart = start === 0 || source[start - 1] === "\n";
      const alone = atLineStart && lineEnd !== undefined && !triple && /^(#|\/|!|else\b|\^)/.test(content);
      this.text(source.slice(from, start) + (alone ? "" : indent));
      if (triple) this.add({ kind: "value", path: content, raw: true });
      else this.tag(content);
      if (!alone) this.text(lineEnd ?? "");
      from = end;
    }
    this.text(source.slice(from));
    const open = this.stack.at(-1);
    return open === undefined ? this.root : this.fail(`template block '${open.name}' is not closed`);
  }

  private text(text: string): void {
    if (text !== "") this.add({ kind: "text", text });
  }

  private add(node: Node): void {
    const top = this.stack.at(-1);
    (top === undefined ? this.root : top.inElse ? top.otherwise : top.body).push(node);
  }

  private tag(content: string): void {
    if (content.startsWith("!")) return;
    const block = /^#\s*(\w+)\s*(.*)$/s.exec(content);
    if (block !== null) {
      this.stack.push({ name: block[1]!, path: block[2]!.trim(), body: [], otherwise: [], inElse: false });
    } else if (content === "else" || content === "^") {
      const top = this.stack.at(-1) ?? this.fail("template 'else' without block");
      top.inElse = true;
    } else if (content.startsWith("/")) {
      const top = this.stack.pop();
      if (top === undefined || top.name !== content.slice(1).trim())
        return this.fail(`template block '${content}' does not close the open block`);
      this.add({ kind: "block", ...top });
    } else if (/^raw\s+/.test(content)) this.add({ kind: "value", path: content.slice(4).trim(), raw: true });
    else if (content.startsWith("&")) this.add({ kind: "value", path: content.slice(1).trim(), raw: true });
    else this.add({ kind: "value", path: content, raw: false });
  }
}

function lookup(context: Context, path: string): Value {
  let at: Context = context;
  let rest = path;
  for (; rest.startsWith("../"); rest = rest.slice(3)) at = at.parent ?? at;
  if (rest.startsWith("@")) return at.data.get(rest.slice(1));
  let { value } = at;
  for (const key of rest
    .replace(/^this\b[./]?/, "")
    .replaceAll(/\[([^\]]*)\]/g, ".$1")
    .split(/[./]/)) {
    if (key === "" || key === "this") continue;
    value = value instanceof KclList ? value.items[Number(key)] : entriesOf(value)?.get(key)?.value;
  }
  return value;
}

function show(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return String(value);
  if (value instanceof KclList) return `[${value.items.map(show).join(", ")}]`;
  return entriesOf(value) === undefined ? toText(value) : "[object]";
}

function render(machine: Machine, nodes: readonly Node[], context: Context): string {
  return nodes.map((node) => renderNode(machine, node, context)).join("");
}

function renderNode(machine: Machine, node: Node, context: Context): string {
  machine.step();
  if (node.kind === "text") return machine.keep(node.text);
  const value = lookup(context, node.path);
  if (node.kind === "value") {
    machine.work(sizeOf(value));
    machine.allocate(2 * sizeOf(value));
  }
  if (node.kind === "value") return node.raw ? show(value) : escapeHtml(show(value));
  if (node.name === "each") return renderEach(machine, node, value, context);
  if (node.name === "if") return render(machine, isTrue(value) ? node.body : node.otherwise, context);
  if (node.name === "unless") return render(machine, isTrue(value) ? node.otherwise : node.body, context);
  if (node.name === "with")
    return isTrue(value)
      ? render(machine, node.body, { value, parent: context, data: context.data })
      : render(machine, node.otherwise, context);
  return machine.fail(`template helper '${node.name}' is not defined`);
}

function renderEach(machine: Machine, node: Node & { kind: "block" }, source: Value, context: Context): string {
  const turns = isTrue(source) ? [...elements(machine, source)] : [];
  if (turns.length === 0) return render(machine, node.otherwise, context);
  return turns
    .map(([key, value], index) => {
      const data = new Map<string, Value>([
        ["index", BigInt(index)],
        ["key", key],
        ["first", index === 0],
        ["last", index === turns.length - 1],
      ]);
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
