/** What `--check` says when the result looks as if it were done. */

import type { CliContext } from "../cli-context.js";

export function sayOnlyShown({ process, view }: CliContext): void {
  if (!view.quiet) process.stderr.write("Only shown: nothing was changed.\n");
}
