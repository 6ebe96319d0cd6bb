/** How commands show things. These are preferences of a person, so no workspace can set them. */

import { boolean, choice } from "../key-type.js";

const scope = "user";

export const outputKeys = {
  "output.format": choice(
    ["table", "json", "yaml", "plain"],
    "table",
    "json",
    "Form of results when a command is not told with `-o`.",
    { scope },
  ),
  "output.color": choice(
    ["auto", "always", "never"],
    "auto",
    "never",
    "Colours: on a terminal, always, or never; `NO_COLOR` and the flags win.",
    { scope },
  ),
  "output.plain": boolean(false, "Text alone, for screen readers and programs, as with `--plain`.", { scope }),
  "output.quiet": boolean(false, "Only results, questions, warnings and errors, as with `--quiet`.", { scope }),
  "output.verbose": boolean(false, "Tell more, as with `--verbose`.", { scope }),
  "output.pager": boolean(true, "Long texts are shown one page at a time on a terminal; otherwise as with `--no-pager`.", {
    scope,
  }),
  "output.questions": boolean(
    true,
    "Commands may ask on a terminal; otherwise they fail and name the flag, as with `--no-input`.",
    {
      scope,
    },
  ),
} as const;
