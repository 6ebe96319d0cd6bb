/** Handlebars templates: text, values and blocks, with the expressions inside their tags. */
import { type TemplateTag, templateTags } from "./template-tags.js";

export type TemplateExpression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly TemplateExpression[] };

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: TemplateExpression; readonly raw: boolean }
  | TemplateBlock;

export interface TemplateBlock {
  readonly kind: "block";
  readonly name: string;
  readonly args: readonly TemplateExpression[];
  /** Names after `as |…|`. */
  readonly names: readonly string[];
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

interface OpenBlock {
  readonly name: string;
  readonly args: readonly TemplateExpression[];
  readonly names: readonly string[];
  readonly body: TemplateNode[];
  readonly otherwise: TemplateNode[];
  inElse: boolean;
  /** An `else if`, which ends with the block that it belongs to. */
  readonly chained: boolean;
}

/** Blocks inside each other; more is damage, and would exhaust the stack. */
const deepestNesting = 200;

export class TemplateParser {
  private readonly stack: OpenBlock[] = [];
  private readonly root: TemplateNode[] = [];
  private trimNext = false;

  constructor(private readonly fail: (message: string) => never) {}

  /** A block tag, an else or a comment alone on its line takes the whole line with it. */
  parse(source: string): readonly TemplateNode[] {
    let from = 0;
    for (const tag of templateTags(source)) {
      const alone = standsAlone(source, tag);
      this.text(source.slice(from, tag.start) + (alone ? "" : tag.indent), tag.trimsBefore);
      if (tag.triple) this.add({ kind: "value", value: this.expression(tag.content), raw: true });
      else this.tag(tag.content);
      this.trimNext = tag.trimsBehind;
      if (!alone) this.text(tag.lineEnd ?? "", false);
      this.trimNext = tag.trimsBehind;
      from = tag.end;
    }
    this.text(source.slice(from), false);
    const open = this.stack.at(-1);
    return open === undefined ? this.root : this.fail(`template block '${open.name}' is not closed`);
  }

  private text(source: string, trimEnd: boolean): void {
    let text = source.replaceAll("\\{{", "{{");
    if (this.trimNext) text = text.trimStart();
    if (trimEnd) text = text.trimEnd();
    this.trimNext = false;
    if (text !== "") this.add({ kind: "text", text });
  }

  private add(node: TemplateNode): void {
    const top = this.stack.at(-1);
    (top === undefined ? this.root : top.inElse ? top.otherwise : top.body).push(node);
  }

  private tag(content: string): void {
    if (content.startsWith("!")) return;
    if (content.startsWith("#")) this.open(content.slice(1), false);
    else if (/^(else\b|\^)/.test(content)) this.otherwise(content.replace(/^(else|\^)\s*/, ""));
    else if (content.startsWith("/")) this.close(content.slice(1).trim());
    else if (/^raw\s+/.test(content)) this.add({ kind: "value", value: this.expression(content.slice(4)), raw: true });
    else if (content.startsWith("&")) this.add({ kind: "value", value: this.expression(content.slice(1)), raw: true });
    else this.add({ kind: "value", value: this.expression(content), raw: false });
  }

  private open(content: string, chained: boolean): void {
    if (this.stack.length >= deepestNesting) this.fail("the template is nested too deeply");
    const [, head = "", names = ""] = /^(.*?)(?:\s+as\s*\|([^|]*)\|\s*)?$/s.exec(content)!;
    const words = new ExpressionReader(head, this.fail).all();
    const [first, ...args] = words;
    const name = first?.kind === "path" ? first.path : this.fail("template block without name");
    this.stack.push({ name, args, names: names.split(/\s+/).filter(Boolean), body: [], otherwise: [], inElse: false, chained });
  }

  private otherwise(condition: string): void {
    const top = this.stack.at(-1) ?? this.fail("template 'else' without block");
    top.inElse = true;
    if (condition !== "") this.open(condition, true);
  }

  private close(name: string): void {
    let top = this.stack.pop();
    for (; top?.chained === true; top = this.stack.pop()) this.addBlock(top);
    if (top === undefined || top.name !== name) return this.fail(`template block '/${name}' does not close the open block`);
    this.addBlock(top);
  }

  private addBlock({ name, args, names, body, otherwise }: OpenBlock): void {
    this.add({ kind: "block", name, args, names, body, otherwise });
  }

  private expression(content: string): TemplateExpression {
    const words = new ExpressionReader(content, this.fail).all();
    const [first, ...args] = words;
    if (first === undefined) return this.fail("empty template tag");
    return args.length > 0 && first.kind === "path" ? { kind: "call", name: first.path, args } : first;
  }
}

function standsAlone(source: string, tag: TemplateTag): boolean {
  const atLineStart = tag.start === 0 || source[tag.start - 1] === "\n";
  return atLineStart && tag.lineEnd !== undefined && !tag.triple && /^(#|\/|!|else\b|\^)/.test(tag.content);
}

const word = /\s*(?:([()])|"([^"]*)"|'([^']*)'|(-?\d+(?:\.\d+)?)(?![\w.])|([^\s()"'=]+(?:\[[^\]]*\][^\s()"'=]*)*))/y;
const constants: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null, undefined: null };

/** The words of a tag; what stands in parentheses is a call. */
class ExpressionReader {
  private offset = 0;

  constructor(
    private readonly source: string,
    private readonly fail: (message: string) => never,
  ) {}

  all(depth = 0): TemplateExpression[] {
    if (depth > deepestNesting) this.fail("the template is nested too deeply");
    const found: TemplateExpression[] = [];
    for (;;) {
      if (this.source.slice(this.offset).trim() === "") return depth === 0 ? found : this.refuse();
      word.lastIndex = this.offset;
      const match = word.exec(this.source) ?? this.refuse();
      this.offset = word.lastIndex;
      const [, bracket, double, single, number, name] = match;
      if (bracket === ")") return depth > 0 ? found : this.refuse();
      if (bracket === "(") found.push(this.call(this.all(depth + 1)));
      else if (number !== undefined) found.push({ kind: "literal", value: Number(number) });
      else if (name === undefined) found.push({ kind: "literal", value: double ?? single ?? "" });
      else if (name in constants) found.push({ kind: "literal", value: constants[name]! });
      else found.push({ kind: "path", path: name });
    }
  }

  private call([first, ...args]: TemplateExpression[]): TemplateExpression {
    return first?.kind === "path" ? { kind: "call", name: first.path, args } : this.refuse();
  }

  private refuse(): never {
    return this.fail(`template tag '${this.source.trim()}' cannot be read`);
  }
}
