/** The promises of every provider, kept by the local one on the real engine. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConformanceSubject, providerConformance } from "@provisioning/extension-sdk/testing";
import { infraName, workspaceName } from "@provisioning/model";
import { BASE_IMAGE } from "./image/recipe.js";
import { ownerOf, resourceName } from "./ownership.js";
import { createProvider } from "./provider.js";
import { prepareLocal } from "./setup.js";
import { leftoversOf, removeLeftovers } from "./testing/leftovers.js";

providerConformance({
  name: "local",
  open: async (): Promise<ConformanceSubject> => {
    const { api } = await prepareLocal(() => undefined);
    const dataDir = mkdtempSync(join(tmpdir(), "provider-local-"));
    const provider = await createProvider({ settings: {}, dataDir, env: process.env });
    const workspace = workspaceName("conformance");
    const infra = infraName("suite");
    const owner = await ownerOf(dataDir, workspace, infra);
    return {
      provider,
      workspace,
      infra,
      desiredServer: (name) => ({ name, plan: "small", cpu: 1, memoryMiB: 512, diskGiB: 5 }),
      changedServer: (spec) => ({ spec: { ...spec, memoryMiB: 768 }, path: "memoryMiB" }),
      countServers: async (name) => {
        const { containers } = await leftoversOf(api, owner.workspaceId, infra);
        return containers.filter((container) => container === resourceName(owner, name)).length;
      },
      makeForeignServer: async (name) => {
        const body = { Image: BASE_IMAGE, Cmd: ["/bin/sleep", "600"] };
        const query = { name: resourceName(owner, name) };
        const { Id } = await api.call<{ Id: string }>("POST", "/containers/create", { query, body });
        const path = `/containers/${Id}`;
        return {
          isUntouched: async () => (await api.find<{ Id: string }>(`${path}/json`))?.Id === Id,
          remove: async () => api.call("DELETE", path, { query: { force: true } }),
        };
      },
      close: async () => {
        await provider.close();
        await removeLeftovers(api, owner.workspaceId);
        rmSync(dataDir, { recursive: true });
      },
    };
  },
});
