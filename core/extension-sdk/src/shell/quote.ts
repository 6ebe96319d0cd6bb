/**
 * The only place where a value becomes shell text.
 *
 * Everything that reaches a program passes `quote` (one word) or `hereDocument` (a block of text): single quotes and quoted
 * delimiters switch off every expansion of POSIX sh, so quotes, newlines, `$(…)` and backticks are plain characters.
 */

import { createHash } from "node:crypto";
import { ProvisioningError } from "@provisioning/model";

/** A value that no shell word can carry. */
class UnquotableError extends ProvisioningError {
  constructor() {
    super({
      code: "STEP_INVALID",
      message: "A value for a command or file holds a NUL byte.",
      hint: "Use content_base64 for binary content.",
    });
  }
}

/** One shell word that means exactly `value`. @throws UnquotableError for NUL bytes */
export function quote(value: string): string {
  refuseNul(value);
  if (/^[A-Za-z0-9_/.:=@%+,-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** Words of a command, each quoted. */
export function quoteWords(words: readonly (string | number | boolean)[]): string {
  return words.map((word) => quote(typeof word === "boolean" ? (word ? "1" : "0") : String(word))).join(" ");
}

/** A command that prints exactly `text`, to the byte. One process, whatever the size. @throws UnquotableError for NUL bytes */
export function hereDocument(text: string): string {
  refuseNul(text);
  const mark = delimiterFor(text);
  return `head -c ${Buffer.byteLength(text)} <<'${mark}'\n${text}\n${mark}`;
}

/** A command that prints exactly `bytes`. */
export function base64Document(base64: string): string {
  const lines = Buffer.from(base64, "base64").toString("base64").replace(/.{76}/g, "$&\n");
  return `base64 -d <<'END_OF_BASE64'\n${lines}\nEND_OF_BASE64`;
}

/** The delimiter is made from the text, so the text cannot hold it as a line unless it was made to; then it is made again. */
function delimiterFor(text: string): string {
  let mark = `END_${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
  while (text.includes(mark)) mark = `${mark}_`;
  return mark;
}

function refuseNul(value: string): void {
  if (value.includes("\0")) throw new UnquotableError();
}
