/** `server list` and `server status`. */

import { invoke } from "@provisioning/actions";
import { nearest, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderServers, renderStatus } from "../../views/status.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";

type Flags = InfraFlags & { readonly output: OutputFormat };

/** Servers that exist. Those that are only described are in `cluster status`. */
export async function listServers(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const status = await invoke("infra.status", context, infraInput(flags));
    const servers = status.servers.filter((server) => server.status !== "absent");
    await writeResult(this, flags.output, servers, () => renderServers(servers, styleFor(this.process.stdout, this.process.env)));
    return EXIT.ok;
  });
}

export async function serverStatus(this: CliContext, flags: Flags, name: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const status = await invoke("infra.status", context, infraInput(flags));
    const server = status.servers.find((item) => item.name === name);
    if (server === undefined) {
      const known = status.servers.map((item) => item.name);
      const suggestion = nearest(name, known);
      throw new ProvisioningError({
        code: "TARGET_UNKNOWN",
        message: `This infra has no server ${JSON.stringify(name)}.`,
        hint: suggestion === undefined ? `It has: ${known.join(", ")}.` : `Did you mean ${suggestion}?`,
      });
    }
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, server, () => renderStatus([server], style));
    return server.status === "running" ? EXIT.ok : EXIT.failure;
  });
}
