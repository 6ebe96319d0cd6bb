/** The syntax tree. Every node knows where it starts (`at`). */
import type { Place } from "../diagnostics/place.js";

export interface Module {
  readonly file: string;
  readonly body: readonly Statement[];
  readonly source: string;
}

// --- statements ---

export type Statement =
  | ImportStatement
  | TypeAliasStatement
  | AssignStatement
  | AugmentedAssignStatement
  | UnificationStatement
  | AssertStatement
  | IfStatement
  | ExpressionStatement
  | SchemaStatement
  | AttributeStatement;

export interface ImportStatement {
  readonly kind: "import";
  readonly at: Place;
  /** As written, with leading dots. */
  readonly path: string;
  /** The name it is known by in this file. */
  readonly name: string;
}

export interface TypeAliasStatement {
  readonly kind: "typeAlias";
  readonly at: Place;
  readonly name: string;
  readonly type: TypeNode;
}

/** Where an assignment goes: a name and the selectors and subscripts behind it. */
export interface Target {
  readonly at: Place;
  readonly name: string;
  readonly path: readonly TargetStep[];
}

export type TargetStep =
  | { readonly kind: "attribute"; readonly name: string; readonly at: Place }
  | { readonly kind: "index"; readonly index: Expression; readonly at: Place };

export interface AssignStatement {
  readonly kind: "assign";
  readonly at: Place;
  readonly targets: readonly Target[];
  readonly type?: TypeNode;
  readonly value: Expression;
}

export interface AugmentedAssignStatement {
  readonly kind: "augmentedAssign";
  readonly at: Place;
  readonly target: Target;
  readonly operator: BinaryOperator;
  readonly value: Expression;
}

/** `x: S {…}`, which may be repeated. */
export interface UnificationStatement {
  readonly kind: "unification";
  readonly at: Place;
  readonly target: Target;
  readonly value: SchemaExpression;
}

export interface AssertStatement {
  readonly kind: "assert";
  readonly at: Place;
  readonly test: Expression;
  readonly condition?: Expression;
  readonly message?: Expression;
}

export interface IfStatement {
  readonly kind: "if";
  readonly at: Place;
  readonly condition: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export interface ExpressionStatement {
  readonly kind: "expression";
  readonly at: Place;
  readonly value: Expression;
}

export interface SchemaStatement {
  readonly kind: "schema";
  readonly at: Place;
  readonly form: "schema" | "mixin" | "protocol" | "rule";
  readonly name: string;
  readonly nameAt: Place;
  readonly parameters: readonly Parameter[];
  readonly parent?: Expression;
  readonly host?: Expression;
  readonly mixins: readonly Expression[];
  readonly decorators: readonly Decorator[];
  readonly body: readonly Statement[];
  readonly indexSignature?: IndexSignature;
  readonly extraIndexSignatures: readonly IndexSignature[];
  readonly checks: readonly Check[];
  readonly documentation?: string;
}

export interface AttributeStatement {
  readonly kind: "attribute";
  readonly at: Place;
  readonly name: string;
  readonly optional: boolean;
  readonly type: TypeNode;
  readonly operator?: "=" | BinaryOperator;
  readonly value?: Expression;
  readonly decorators: readonly Decorator[];
}

export interface IndexSignature {
  readonly at: Place;
  readonly alias?: string;
  readonly anyOther: boolean;
  readonly key: TypeNode;
  readonly value: TypeNode;
  readonly initial?: Expression;
}

export interface Check {
  readonly at: Place;
  readonly test: Expression;
  readonly condition?: Expression;
  readonly message?: Expression;
}

export interface Decorator {
  readonly at: Place;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly keywords: readonly KeywordArgument[];
}

export interface Parameter {
  readonly at: Place;
  readonly name: string;
  readonly type?: TypeNode;
  readonly initial?: Expression;
}

// --- expressions ---

export type UnaryOperator = "+" | "-" | "~" | "not";
export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "<<" | ">>" | "&" | "|" | "^";
export type LogicOperator = "and" | "or";
export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in" | "is" | "is not";

export type Expression =
  | { readonly kind: "int"; readonly at: Place; readonly value: bigint; readonly unit?: string }
  | { readonly kind: "float"; readonly at: Place; readonly value: number }
  | StringExpression
  | { readonly kind: "template"; readonly at: Place; readonly parts: readonly TemplatePart[] }
  | { readonly kind: "constant"; readonly at: Place; readonly value: boolean | null | undefined }
  | NameExpression
  | SelectorExpression
  | SubscriptExpression
  | SliceExpression
  | CallExpression
  | { readonly kind: "parenthesis"; readonly at: Place; readonly value: Expression }
  | { readonly kind: "unary"; readonly at: Place; readonly operator: UnaryOperator; readonly value: Expression }
  | BinaryExpression
  | {
      readonly kind: "logic";
      readonly at: Place;
      readonly operator: LogicOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | CompareExpression
  | ConditionalExpression
  | { readonly kind: "as"; readonly at: Place; readonly value: Expression; readonly type: TypeNode }
  | { readonly kind: "list"; readonly at: Place; readonly items: readonly ListItem[] }
  | ListComprehension
  | DictComprehension
  | ConfigExpression
  | SchemaExpression
  | QuantifierExpression
  | LambdaExpression
  | { readonly kind: "missing"; readonly at: Place };

export interface StringExpression {
  readonly kind: "string";
  readonly at: Place;
  readonly value: string;
}

export interface TemplatePart {
  readonly at: Place;
  readonly value: Expression;
  /** What stands behind the colon, for example `#json`. */
  readonly format?: string;
}

export interface NameExpression {
  readonly kind: "name";
  readonly at: Place;
  readonly name: string;
}

export interface SelectorExpression {
  readonly kind: "selector";
  readonly at: Place;
  readonly value: Expression;
  readonly name: string;
  readonly nameAt: Place;
  readonly optional: boolean;
}

export interface SubscriptExpression {
  readonly kind: "subscript";
  readonly at: Place;
  readonly value: Expression;
  readonly index: Expression;
  readonly optional: boolean;
}

export interface SliceExpression {
  readonly kind: "slice";
  readonly at: Place;
  readonly value: Expression;
  readonly lower?: Expression;
  readonly upper?: Expression;
  readonly step?: Expression;
  readonly optional: boolean;
}

export interface CallExpression {
  readonly kind: "call";
  readonly at: Place;
  readonly callee: Expression;
  readonly args: readonly Expression[];
  readonly keywords: readonly KeywordArgument[];
}

export interface KeywordArgument {
  readonly at: Place;
  readonly name: string;
  readonly value: Expression;
}

export interface BinaryExpression {
  readonly kind: "binary";
  readonly at: Place;
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface CompareExpression {
  readonly kind: "compare";
  readonly at: Place;
  readonly first: Expression;
  readonly rest: readonly { readonly operator: CompareOperator; readonly value: Expression }[];
}

export interface ConditionalExpression {
  readonly kind: "conditional";
  readonly at: Place;
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly otherwise: Expression;
}

export type ListItem =
  | { readonly kind: "item"; readonly value: Expression }
  | { readonly kind: "spread"; readonly at: Place; readonly value: Expression }
  | {
      readonly kind: "ifItem";
      readonly at: Place;
      readonly condition: Expression;
      readonly whenTrue: readonly ListItem[];
      readonly otherwise: readonly ListItem[];
    };

export interface Generator {
  readonly at: Place;
  readonly variables: readonly LoopVariable[];
  readonly source: Expression;
  readonly conditions: readonly Expression[];
}

/** A loop variable; anything but a plain identifier is kept for the checker to refuse. */
export interface LoopVariable {
  readonly at: Place;
  readonly name: string;
  readonly plain: boolean;
}

export interface ListComprehension {
  readonly kind: "listComprehension";
  readonly at: Place;
  readonly item: Expression;
  readonly generators: readonly Generator[];
}

export interface DictComprehension {
  readonly kind: "dictComprehension";
  readonly at: Place;
  readonly key: Expression;
  readonly value: Expression;
  readonly operator: ConfigOperator;
  readonly generators: readonly Generator[];
}

export type ConfigOperator = ":" | "=" | "+=";

export interface ConfigExpression {
  readonly kind: "config";
  readonly at: Place;
  readonly entries: readonly ConfigEntry[];
}

export type ConfigEntry = KeyedEntry | UnpackEntry | IfEntry;

export interface KeyedEntry {
  readonly kind: "entry";
  readonly at: Place;
  readonly key: Expression;
  /** The key is an identifier as written, not a string or a computed key. */
  readonly bare: boolean;
  /** List position for `key[i]`, else undefined. */
  readonly index?: Expression;
  readonly operator: ConfigOperator;
  readonly value: Expression;
}

export interface UnpackEntry {
  readonly kind: "unpack";
  readonly at: Place;
  readonly value: Expression;
}

export interface IfEntry {
  readonly kind: "ifEntry";
  readonly at: Place;
  readonly condition: Expression;
  readonly whenTrue: readonly ConfigEntry[];
  readonly otherwise: readonly ConfigEntry[];
}

export interface SchemaExpression {
  readonly kind: "schemaExpression";
  readonly at: Place;
  readonly schema: Expression;
  readonly args: readonly Expression[];
  readonly keywords: readonly KeywordArgument[];
  readonly config: ConfigExpression;
}

export interface QuantifierExpression {
  readonly kind: "quantifier";
  readonly at: Place;
  readonly form: "all" | "any" | "map" | "filter";
  readonly variables: readonly LoopVariable[];
  readonly source: Expression;
  readonly test: Expression;
  readonly condition?: Expression;
}

export interface LambdaExpression {
  readonly kind: "lambda";
  readonly at: Place;
  readonly parameters: readonly Parameter[];
  readonly result?: TypeNode;
  readonly body: readonly Statement[];
}

// --- types ---

export type TypeNode =
  | { readonly kind: "anyType"; readonly at: Place }
  | { readonly kind: "basicType"; readonly at: Place; readonly name: "bool" | "int" | "float" | "str" }
  | { readonly kind: "literalType"; readonly at: Place; readonly value: LiteralValue }
  | { readonly kind: "listType"; readonly at: Place; readonly item?: TypeNode }
  | { readonly kind: "dictType"; readonly at: Place; readonly key?: TypeNode; readonly value?: TypeNode }
  | { readonly kind: "unionType"; readonly at: Place; readonly members: readonly TypeNode[] }
  | { readonly kind: "functionType"; readonly at: Place; readonly parameters: readonly TypeNode[]; readonly result?: TypeNode }
  | { readonly kind: "namedType"; readonly at: Place; readonly path: readonly string[] };

export type LiteralValue =
  | { readonly kind: "int"; readonly value: bigint; readonly unit?: string }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "str"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" };
