/** `shortcuts` and `commands`: the table of commands as lists. */

import type { CliContext } from "../../cli-context.js";
import { shortcuts } from "../../command/shortcuts.js";
import { allCommands, commandData } from "../../help/help-data.js";
import { writeResult } from "../../output.js";
import { renderTable, widthOf } from "../../views/table.js";
import type { OutputFlags } from "../flags.js";
import { DOMAINS } from "../table.js";

export async function listShortcuts(this: CliContext, flags: OutputFlags): Promise<void> {
  const found = shortcuts(DOMAINS);
  await writeResult(this, flags.output, found, () =>
    renderTable(
      found,
      [
        { title: "SHORTCUT", cell: ({ shortcut }) => shortcut },
        { title: "COMMAND", cell: ({ command }) => command },
        { title: "WHAT IT DOES", cell: ({ brief }) => brief },
      ],
      widthOf(this.process.stdout),
    ),
  );
}

export async function listCommands(this: CliContext, flags: OutputFlags): Promise<void> {
  const found = allCommands(DOMAINS).map(({ path, command, domain }) => ({ domain, ...commandData(path, command) }));
  await writeResult(this, flags.output, found, () =>
    renderTable(
      found,
      [
        { title: "COMMAND", cell: ({ command }) => command },
        { title: "DOMAIN", cell: ({ domain }) => domain },
        { title: "WHAT IT DOES", cell: ({ brief }) => brief },
      ],
      widthOf(this.process.stdout),
    ),
  );
}
