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

/** Each `elif` and `else` inside brackets, with the branch word before it. */
function chainedBranches(file: LintedFile): { readonly branch: Token; readonly before: Token }[] {
  const tokens = new Map(file.tokens.filter((token) => token.kind === "keyword").map((token) => [token.start, token]));
  const blocks = file.marks.filter(
    (mark) => mark.role === "block" && mark.owner !== undefined && tokens.get(mark.owner)?.inBrackets,
  );
  const byOwner = blocks.toSorted((a, b) => a.owner! - b.owner!);
  const byEnd = blocks.toSorted((a, b) => a.end - b.end || b.start - a.start);
  let ended = 0;
  return byOwner.flatMap(({ owner }) => {
    const branch = tokens.get(owner!)!;
    while (ended < byEnd.length && byEnd[ended]!.end <= branch.start) ended++;
    const before = tokens.get(byEnd[ended - 1]?.owner ?? -1);
    return branch.text.startsWith("el") && before !== undefined ? [{ branch, before }] : [];
  });
}

function place(file: LintedFile, token: Token): ReturnType<typeof placeOf> {
  return placeOf(file.tree.file, token.line, token.column);
}
