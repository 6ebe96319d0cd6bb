/** `shortcuts` and `commands`: the table of commands as lists. */

import type { CliContext } from "../../cli-context.js";
import { shortcuts } from "../../command/shortcuts.js";
import { allCommands, commandData } from "../../help/help-data.js";
import { writeResult } from "../../output.js";
import { renderTable, widthOf } from "../../views/table.js";
import type { OutputFlags } from "../flags.js";

export async function listShortcuts(this: CliContext, flags: OutputFlags): Promise<void> {
  const found = shortcuts(this.commands);
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
  const found = allCommands(this.commands).map(({ path, command, domain }) => ({ domain, ...commandData(path, command) }));
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
