/** `taskserv list`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderTable, widthOf } from "../../views/table.js";
import type { InfraFlags } from "../flags.js";

type Flags = InfraFlags & { readonly output: OutputFormat; readonly all?: boolean };

/** What is installed needs much more of the platform than what could be. */
export async function listTaskservs(this: CliContext, flags: Flags): Promise<void> {
  if (flags.all !== true) return (await import("./show.js")).listInstalled.call(this, flags);
  await runAction(this, flags, async (context) => {
    const catalog = await invoke("catalog.list", context, {});
    await writeResult(this, flags.output, catalog, () =>
      renderTable(
        catalog,
        [
          { title: "TASKSERV", cell: (item) => item.name },
          { title: "VERSION", cell: (item) => item.version },
          { title: "CATEGORY", cell: (item) => item.category },
          { title: "REQUIRES", cell: (item) => item.requires.join(", ") || "-" },
          { title: "WHAT IT IS", cell: (item) => item.description },
        ],
        widthOf(this.process.stdout),
      ),
    );
    return EXIT.ok;
  });
}
