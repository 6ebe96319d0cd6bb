import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64Document, hereDocument, quote, quoteWords } from "./quote.js";

const HOSTILE = [
  "",
  " ",
  "'",
  "'''",
  "\\",
  "\\'",
  "$(touch /tmp/never)",
  "`touch /tmp/never`",
  "${HOME}",
  "$HOME",
  "!!",
  "*",
  "~",
  "-n",
  "a\nb",
  "\n",
  "a\r\n",
  "\t",
  "; rm -rf /",
  "&& false",
  "<<EOF",
  "\u0081\u0088 Áé🙂",
  "\u0001\u007f",
];

/** Bytes that `sh` prints for a piece of program. */
function printed(program: string): Buffer {
  return execFileSync("sh", ["-s"], { input: `${program}\n` });
}

describe("quote", () => {
  it.each(HOSTILE.map((value) => [value]))("keeps %j", (value) => {
    expect(printed(`printf %s ${quote(value)}`).toString()).toBe(value);
  });

  it("keeps any text, as a word and as a here-document", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const text = Buffer.from(value.replaceAll("\0", "")).toString();
        expect(printed(`printf %s ${quote(text)}`).toString()).toBe(text);
        expect(printed(hereDocument(text)).toString()).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps each word a word", () => {
    expect(printed(`for word in ${quoteWords(HOSTILE)}; do echo x; done`).toString()).toBe("x\n".repeat(HOSTILE.length));
  });

  it("refuses NUL", () => {
    expect(() => quote("a\0b")).toThrow(expect.objectContaining({ code: "STEP_INVALID" }));
    expect(() => hereDocument("\0")).toThrow(expect.objectContaining({ code: "STEP_INVALID" }));
  });
});

describe("documents", () => {
  it("do not end at their own delimiter", () => {
    const inner = hereDocument("x");
    expect(printed(hereDocument(inner)).toString()).toBe(inner);
  });

  it("carry every byte as base64", () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256));
    expect(printed(base64Document(bytes.toString("base64"))).equals(bytes)).toBe(true);
    expect(printed(base64Document("")).length).toBe(0);
  });
});
