/** A process that makes one network and one server and can be killed at any moment: `node reconcile-process.js DATA_DIR INFRA SERVER`. */

import type { ProviderContext } from "@provisioning/extension-sdk";
import { infraName, newRunId, systemClock, workspaceName } from "@provisioning/model";
import { createProvider } from "../provider.js";

const [dataDir = "", infra = "", name = ""] = process.argv.slice(2);
const provider = await createProvider({ settings: {}, dataDir, env: process.env });
const context: ProviderContext = {
  workspace: workspaceName("test"),
  infra: infraName(infra),
  runId: newRunId(),
  idempotencyKey: name,
  clock: systemClock,
  signal: new AbortController().signal,
  log: () => undefined,
  report: ({ stage }) => process.stdout.write(`${stage}\n`),
};
await provider.network.reconcile({ name: "lan" }, context);
await provider.server.reconcile({ name, plan: "small", cpu: 1, memoryMiB: 512, diskGiB: 5, network: "lan" }, context);
await provider.close();
process.stdout.write("ready\n");
