/** `infra list`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderTable } from "../../views/table.js";
import type { ShownFlags } from "../flags.js";

export async function listInfras(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const infras = await invoke("infra.names", context, {});
    await writeResult(this, flags.output, infras, () =>
      infras.length === 0
        ? "This workspace has no infras. Write one with: provisioning generate infra <name>"
        : renderTable(infras, [
            { title: "INFRA", cell: (item) => item.infra },
            { title: "SERVERS", cell: (item) => String(item.servers.length) },
            { title: "TASKSERVS", cell: (item) => item.taskservs.join(", ") || "-" },
          ]),
    );
    return EXIT.ok;
  });
}
