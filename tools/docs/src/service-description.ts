/** The description of the interface, asked of a service that runs for this moment only. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformLayout } from "@provisioning/actions";
import { systemClock } from "@provisioning/model";
import { pino } from "pino";
import { startService } from "../../../platform/orchestrator/src/index.js";
import type { ApiDescription } from "./pages/api.js";

const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

export async function serviceDescription(version: string): Promise<ApiDescription> {
  const base = await mkdtemp(join(tmpdir(), "provisioning-docs-"));
  const workspace = join(base, "workspace");
  await mkdir(join(workspace, "config"), { recursive: true });
  await writeFile(join(workspace, "config", "provisioning.yaml"), "");
  const service = await startService({
    port: 0,
    logger: pino({ level: "silent" }),
    context: {
      platform: platformLayout(root),
      platformVersion: version,
      clock: systemClock,
      environment: { XDG_CONFIG_HOME: join(base, "user") },
      currentDir: workspace,
      workspace,
      flags: { "storage.type": "memory" },
      holder: "docs",
    },
  });
  try {
    const answer = await fetch(`${service.url}/openapi.json`, { headers: { authorization: `Bearer ${service.token}` } });
    return (await answer.json()) as ApiDescription;
  } finally {
    await service.close();
    await rm(base, { recursive: true, force: true });
  }
}
