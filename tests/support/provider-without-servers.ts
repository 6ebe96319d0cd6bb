/** A workspace whose provider has no servers and makes none: for what can be seen without a container. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PROVIDER = `
const handler = {
  read: async () => ({ status: "absent" }),
  diff: () => ({ fields: [], replace: false }),
  reconcile: async () => { throw new Error("nothing is made here"); },
  delete: async () => undefined,
};
const size = { cpu: 1, memoryMiB: 1024, diskGiB: 20 };
export const createProvider = async () => ({
  name: "none",
  capabilities: { plans: { small: size, medium: size, large: size, xlarge: size }, limits: {} },
  network: handler,
  server: handler,
  close: async () => undefined,
});
`;

/** Into the workspace at `dir`: the provider `none`, and an infra `empty` of one server. */
export async function addInfraWithoutServers(dir: string): Promise<void> {
  const provider = join(dir, "extensions", "providers", "none");
  const infra = join(dir, "infra", "empty");
  await Promise.all([mkdir(provider, { recursive: true }), mkdir(infra, { recursive: true })]);
  await writeFile(join(provider, "manifest.toml"), 'name = "none"\nentry = "index.mjs"\n');
  await writeFile(join(provider, "index.mjs"), PROVIDER);
  await writeFile(
    join(infra, "main.k"),
    `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "empty", provider = "none"}
    servers = [{name = "one", role = "web", taskservs = ["redis"]}]
}
`,
  );
}
