/** `taskserv list` and `taskserv status`. */

import { invoke, type TaskservStatus } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderHealth } from "../../views/health.js";
import { renderTaskservs } from "../../views/status.js";
import { renderTable } from "../../views/table.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";

type Flags = InfraFlags & { readonly output: OutputFormat };

export async function listTaskservs(this: CliContext, flags: Flags & { readonly all?: boolean }): Promise<void> {
  await runAction(this, flags, async (context) => {
    if (flags.all === true) {
      const catalog = await invoke("catalog.list", context, {});
      await writeResult(this, flags.output, catalog, () =>
        renderTable(catalog, [
          { title: "TASKSERV", cell: (item) => item.name },
          { title: "VERSION", cell: (item) => item.version },
          { title: "CATEGORY", cell: (item) => item.category },
          { title: "REQUIRES", cell: (item) => item.requires.join(", ") || "-" },
          { title: "WHAT IT IS", cell: (item) => item.description },
        ]),
      );
      return EXIT.ok;
    }
    const status = await invoke("infra.status", context, infraInput(flags));
    const installed: TaskservStatus[] = status.servers
      .flatMap((server) => server.taskservs)
      .filter((item) => item.status !== "absent");
    await writeResult(this, flags.output, installed, () =>
      renderTaskservs(installed, styleFor(this.process.stdout, this.process.env)),
    );
    return EXIT.ok;
  });
}

export async function taskservStatus(this: CliContext, flags: Flags, name: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const report = await invoke("infra.health", context, { ...infraInput(flags), services: [name] });
    await writeResult(this, flags.output, report, () => renderHealth(report, styleFor(this.process.stdout, this.process.env)));
    return report.healthy ? EXIT.ok : EXIT.failure;
  });
}
