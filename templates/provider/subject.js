/** What the conformance suite of the platform tries this provider on. Counting and foreign things go past the provider: it is on trial. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCloud } from "./cloud.js";
import { createProvider } from "./index.js";

export async function openSubject() {
  const dataDir = await mkdtemp(join(tmpdir(), "__NAME__-"));
  const provider = await createProvider({ dataDir, settings: {}, env: {} });
  const cloud = openCloud(dataDir);
  const [workspace, infra] = ["conformance", "suite"];
  const full = (name) => `${workspace}-${infra}-${name}`;
  return {
    provider,
    workspace,
    infra,
    desiredServer: (name) => ({ name, plan: "small", cpu: 1, memoryMiB: 1024, diskGiB: 10 }),
    changedServer: (spec) => ({ spec: { ...spec, memoryMiB: 2048 }, path: "memoryMiB" }),
    countServers: async (name) => ((await cloud.find("server", full(name))) === undefined ? 0 : 1),
    async makeForeignServer(name) {
      const { id } = await cloud.ensure("server", full(name), { owner: { workspace: "other", infra } });
      return {
        isUntouched: async () => (await cloud.find("server", full(name)))?.id === id,
        remove: () => cloud.remove("server", full(name)),
      };
    },
    async close() {
      await provider.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
