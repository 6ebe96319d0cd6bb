/**
 * An `else` or `elif` inside brackets that stands below another `if` than the one it belongs to. There indentation does not decide: a branch
 * belongs to the innermost `if` before it.
 */
import { placeOf } from "../../diagnostics/place.js";
import type { Token } from "../../syntax/token.js";
import type { LintedFile, Rule } from "../rule.js";

export const misleadingBranch: Rule = {
  code: "W1009",
  name: "MisleadingBranchWarning",
  inspect({ files }, warn) {
    for (const file of files) {
      for (const { branch, before } of chainedBranches(file)) {
        if (branch.column === before.column || branch.line === before.line) continue;
        warn(
          `this '${branch.text}' belongs to the '${before.text}' of line ${before.line}, whatever its indentation`,
          place(file, branch),
          {
            secondary: [{ message: `it belongs to this '${before.text}'`, position: place(file, before) }],
            suggestions: ["put the inner 'if' in a dict or list of its own, or align the branch with its 'if'"],
          },
        );
      }
    }
  },
};

/** Each `elif` and `else` that begins a line inside brackets, with the branch word before it. */
function chainedBranches(file: LintedFile): { readonly branch: Token; readonly before: Token }[] {
  const blocks = file.marks.filter((mark) => mark.role === "block" && mark.owner !== undefined);
  const tokens = new Map(file.tokens.filter((token) => token.kind === "keyword").map((token) => [token.start, token]));
  return blocks.flatMap(({ owner }) => {
    const branch = tokens.get(owner!);
    if (branch === undefined || !branch.inBrackets || !branch.text.startsWith("el")) return [];
    const ended = blocks.filter((block) => block.end <= branch.start);
    const end = Math.max(...ended.map((block) => block.end));
    const last = ended.filter((block) => block.end === end).sort((a, b) => a.start - b.start)[0];
    const before = last && tokens.get(last.owner!);
    return before === undefined ? [] : [{ branch, before }];
  });
}

function place(file: LintedFile, token: Token): ReturnType<typeof placeOf> {
  return placeOf(file.tree.file, token.line, token.column);
}
