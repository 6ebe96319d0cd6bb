/** What the parser tells about stretches of the source besides the tree, for tools that lay it out again. */

/**
 * - `block`: what stands behind the colon of `if`, `else`, `check`, `schema`; `owner` is where that word stands
 * - `entries`: a bracket whose items line ends separate (lists, dicts, configurations, mixin lists)
 * - `code`: the braces of a lambda or quantifier
 * - `entry`: an item, a clause or a statement inside a bracket of these two kinds
 * - `type`: a type; `subscript`: a subscript with its brackets; `decorator`: a decorator
 * - `prefix`: an operator before its only operand; `keyword`: the `=` of a keyword argument or of a default without a type
 */
export type MarkRole = "block" | "entries" | "code" | "entry" | "type" | "subscript" | "decorator" | "prefix" | "keyword";

/** From the first character to the start of the token behind. Offsets into the source. */
export interface Mark {
  readonly role: MarkRole;
  readonly start: number;
  readonly end: number;
  readonly owner?: number;
}
