/** `provider list` and `provider plans`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { renderTable, widthOf } from "../../views/table.js";
import type { ShownFlags } from "../flags.js";

export async function listProviders(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const providers = await invoke("catalog.providers", context, {});
    await writeResult(this, flags.output, providers, () =>
      renderTable(
        providers,
        [
          { title: "PROVIDER", cell: (item) => item.name },
          { title: "VERSION", cell: (item) => item.version },
          { title: "CALLS/S", cell: (item) => String(item.limits.rate) },
          { title: "AT ONCE", cell: (item) => String(item.limits.batchSize) },
          { title: "IMAGES", cell: (item) => item.images.join(", ") },
          { title: "WHAT IT MAKES", cell: (item) => item.description },
        ],
        widthOf(this.process.stdout),
      ),
    );
    return EXIT.ok;
  });
}

export async function showPlans(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const providers = await invoke("catalog.providers", context, {});
    const rows = providers.flatMap(({ name, plans }) => Object.entries(plans).map(([size, plan]) => ({ name, size, ...plan })));
    await writeResult(this, flags.output, providers, () =>
      renderTable(
        rows,
        [
          { title: "PROVIDER", cell: (item) => item.name },
          { title: "SIZE", cell: (item) => item.size },
          { title: "CORES", cell: (item) => String(item.cpu) },
          { title: "MEMORY MIB", cell: (item) => String(item.memoryMiB) },
          { title: "DISK GIB", cell: (item) => String(item.diskGiB) },
          { title: "THERE CALLED", cell: (item) => item.nativeName ?? "-" },
        ],
        widthOf(this.process.stdout),
      ),
    );
    return EXIT.ok;
  });
}
