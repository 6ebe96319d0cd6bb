/** The value of a string token, and its interpolated parts. Escapes as in Python; `\${` keeps a dollar from interpolating. */

export interface StringToken {
  readonly raw: boolean;
  /** Contents between the quotes; for triple quotes without first empty line and shared indentation. */
  readonly body: string;
  /** How many characters of the token stand before the body. */
  readonly prefixLength: number;
}

/** A piece of an interpolated string: text, or the source of an expression at an offset in the body. */
export type StringPiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly source: string; readonly offset: number; readonly format?: string };

export function openStringToken(text: string): StringToken {
  const raw = text[0] === "r" || text[0] === "R";
  const start = raw ? 1 : 0;
  const triple = text.startsWith('"""', start) || text.startsWith("'''", start);
  const quoteLength = triple ? 3 : 1;
  const quote = text.slice(start, start + quoteLength);
  const closed = text.length >= start + 2 * quoteLength && text.endsWith(quote);
  const inner = text.slice(start + quoteLength, closed ? -quoteLength : undefined);
  return { raw, body: triple ? dedent(inner) : inner, prefixLength: start + quoteLength };
}

function dedent(text: string): string {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  if (lines.length < 2) return text;
  if (lines[0]!.trim() === "") lines.shift();
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const shared = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => (line.trim() === "" ? line.slice(Math.min(shared, line.length)) : line.slice(shared))).join("\n");
}

/** Splits at `${…}`. An expression ends at the very first `}`. */
export function splitInterpolation(body: string): StringPiece[] {
  const pieces: StringPiece[] = [];
  let text = "";
  for (let at = 0; at < body.length; ) {
    if (body[at] === "\\" && at + 1 < body.length) {
      if (body.startsWith("\\${", at)) {
        text += "$\u0000{";
        at += 3;
      } else {
        text += body.slice(at, at + 2);
        at += 2;
      }
      continue;
    }
    const end = body.startsWith("${", at) ? body.indexOf("}", at) : -1;
    if (end < 0) {
      text += body[at++];
      continue;
    }
    if (text !== "") pieces.push({ kind: "text", text: unescapeString(text) });
    text = "";
    pieces.push(expressionPiece(body.slice(at + 2, end), at + 2));
    at = end + 1;
  }
  if (text !== "") pieces.push({ kind: "text", text: unescapeString(text) });
  return pieces;
}

function expressionPiece(content: string, offset: number): StringPiece {
  const colon = content.lastIndexOf(":");
  const format = content.slice(colon + 1).trim();
  if (colon < 0 || !format.startsWith("#")) return { kind: "expression", source: content, offset };
  return { kind: "expression", source: content.slice(0, colon), offset, format };
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
};

export function unescapeString(text: string): string {
  if (!text.includes("\\") && !text.includes("\u0000")) return text;
  return text
    .replace(/\\([0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g, (whole, code: string) => {
      if (/^[0-7]/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
      if (code.length > 1) {
        const point = Number.parseInt(code.slice(1), 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      return simpleEscapes[code] ?? whole;
    })
    .replaceAll("$\u0000{", "${");
}
