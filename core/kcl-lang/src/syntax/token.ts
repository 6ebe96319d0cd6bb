/** What the scanner produces. */

export type TokenKind = "name" | "keyword" | "int" | "float" | "string" | "op" | "newline" | "indent" | "dedent" | "eof";

export interface Token {
  readonly kind: TokenKind;
  /** The characters as written; for names without the `$`. */
  readonly text: string;
  /** Offsets into the source. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  /** Inside brackets, where indentation has no meaning. */
  readonly inBrackets: boolean;
}

export const keywords: ReadonlySet<string> = new Set([
  "True",
  "False",
  "None",
  "Undefined",
  "import",
  "and",
  "or",
  "in",
  "not",
  "is",
  "as",
  "if",
  "elif",
  "else",
  "for",
  "schema",
  "mixin",
  "protocol",
  "rule",
  "check",
  "assert",
  "all",
  "any",
  "map",
  "filter",
  "lambda",
]);

/** Operators and punctuation, longest first. */
export const operators: readonly string[] = [
  "**=",
  "//=",
  "<<=",
  ">>=",
  "...",
  "**",
  "//",
  "<<",
  ">>",
  "==",
  "!=",
  "<=",
  ">=",
  "->",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "|=",
  "^=",
  "+",
  "-",
  "*",
  "/",
  "%",
  "&",
  "|",
  "^",
  "~",
  "<",
  ">",
  "=",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  ".",
  "@",
  "?",
  ";",
  "!",
];

/** How a token is called in messages. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case "name":
      return "identifier";
    case "keyword":
      return "identifier";
    case "int":
    case "float":
    case "string":
      return "literal";
    case "op":
      return token.text;
    default:
      return token.kind;
  }
}
