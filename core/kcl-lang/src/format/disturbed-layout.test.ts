import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSource } from "./format-source.js";
import { parseModule } from "../syntax/parser.js";
import { scan } from "../syntax/scanner.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const sources = ["core/kcl-lang/src/format/golden", "kcl", "extensions"].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".k"))
    .map((path) => readFileSync(join(repository, folder, path), "utf8")),
);

/** Spaces, line ends, continuations and comments put where they may mean nothing. The numbers choose. */
function disturb(source: string, numbers: Iterator<number>): string {
  const chance = (share: number): boolean => Number(numbers.next().value) < share;
  const spaces = (most: number): string => " ".repeat(Number(numbers.next().value) % most);
  let text = "";
  let end = 0;
  for (const token of scan("t.k", source).tokens) {
    const gap = source.slice(end, token.start);
    const isLayout = ["newline", "indent", "dedent", "eof"].includes(token.kind);
    if (!isLayout && text !== "" && !gap.includes("\n") && chance(15)) {
      if (token.inBrackets && chance(60)) text += `${gap}${chance(50) ? " # in a bracket" : ""}\n${spaces(12)}`;
      else if (/\S$/.test(text) && chance(30)) text += ` \\\n${spaces(8)}`;
      else text += /\n *$/.test(text) ? gap : gap + spaces(4);
    } else if (token.kind === "newline" && !gap.includes("#") && chance(15)) {
      text += chance(50) ? `${gap}# at the end` : `${gap}\n\n${spaces(9)}# on its own`;
    } else text += gap;
    text += source.slice(token.start, token.end);
    end = token.end;
  }
  return text;
}

it("formats any layout of a program to a text that stays and means the same", { timeout: 60_000 }, () => {
  const numbers = fc.infiniteStream(fc.nat(99));
  fc.assert(
    fc.property(fc.constantFrom(...sources), numbers, (source, choices) => {
      const disturbed = disturb(source, choices);
      fc.pre(parseModule("t.k", disturbed).diagnostics.length === 0);
      const once = formatSource("t.k", disturbed);
      if (!once.ok) throw new Error(once.diagnostics[0]?.message);
      expect(formatSource("t.k", once.text)).toEqual(once);
    }),
    { numRuns: 150, maxSkipsPerRun: 1000 },
  );
});
