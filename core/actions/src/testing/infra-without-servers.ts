/** A workspace whose provider has no servers and makes none: for what can be seen without a container. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const NOTHING_THERE = `
const handler = {
  read: async () => ({ status: "absent" }),
  diff: () => ({ fields: [], replace: false }),
  reconcile: async () => { throw new Error("nothing is made here"); },
  delete: async () => undefined,
};
`;

/** What is recorded is there, unless its attributes have `gone`; another size is another server. */
export const AS_RECORDED = `
const handler = {
  read: async ({ recorded }) => (recorded === undefined || recorded.gone ? { status: "absent" } : { status: "present", attributes: recorded }),
  diff: (spec, { plan }) => {
    const fields = plan === undefined || spec.plan === plan ? [] : [{ path: "plan", before: plan, after: spec.plan, forcesReplacement: true }];
    return { fields, replace: fields.length > 0 };
  },
  reconcile: async () => { throw new Error("nothing is made here"); },
  delete: async () => undefined,
};
`;

/** The module of the provider `none`. `handler`: JavaScript that makes the constant `handler`, for networks and servers. */
export function providerModule(handler: string): string {
  return `${handler}
const size = { cpu: 1, memoryMiB: 1024, diskGiB: 20 };
export const createProvider = async () => ({
  name: "none",
  capabilities: { plans: { small: size, medium: size, large: size, xlarge: size }, limits: { rate: 40, batchSize: 7 }, images: [] },
  network: handler,
  server: handler,
  close: async () => undefined,
});
`;
}

const DEFINITION = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "empty", provider = "none"}
    servers = [{name = "one", role = "web", taskservs = ["redis"]}]
}
`;

/** Into the workspace at `dir`: the provider `none`, and an infra that uses it. Default: `empty` with one server. */
export async function addInfraWithoutServers(dir: string, infra = "empty", definition = DEFINITION): Promise<void> {
  const provider = join(dir, "extensions", "providers", "none");
  const folder = join(dir, "infra", infra);
  await Promise.all([mkdir(provider, { recursive: true }), mkdir(folder, { recursive: true })]);
  await writeFile(join(provider, "manifest.toml"), 'name = "none"\nentry = "index.mjs"\n');
  await writeFile(join(provider, "index.mjs"), providerModule(NOTHING_THERE));
  await writeFile(join(folder, "main.k"), definition);
}
