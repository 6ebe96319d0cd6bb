/**
 * What somebody writes and reads who removes 20 servers: a command or a request for each, beside one batch workflow for all.
 * Counted are bytes, which tokens go by: commands and files with what is printed, for people and as JSON; bodies of requests with
 * those of their answers. The servers are records alone and their provider does nothing; how much is told does not depend on that.
 * Build and bundle first, then: `node bench/cli/batch-bytes.mjs [servers, default 20]`
 */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { platformLayout } from "@provisioning/actions";
import { newRunId, systemClock } from "@provisioning/model";
import { fileURLToPath } from "node:url";
import { openInfraSession } from "../../core/actions/dist/session.js";
import { addInfraWithoutServers, AS_RECORDED, providerModule } from "../../core/actions/dist/testing/infra-without-servers.js";
import { createClient, makeWorkspace, untilIdle } from "../orchestrator/service.mjs";

const names = Array.from({ length: Number(process.argv[2] ?? 20) }, (_, index) => `web-${String(index + 1).padStart(2, "0")}`);
const DEFINITION = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "many", provider = "none"}
    servers = [${names.map((name) => `{name = "${name}"}`).join(", ")}]
}
`;
const WORKFLOW = `import workflows

remove = workflows.WorkflowDef {
    name = "remove"
    operations = [{id = "servers", type = "delete", target = "server", items = [${names.map((name) => `"${name}"`).join(", ")}]}]
    logging = {destinations = ["file"]}
}
`;
const bytes = (...texts) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

const workspace = await makeWorkspace();
await addInfraWithoutServers(workspace.dir, "many", DEFINITION);
await writeFile(join(workspace.dir, "extensions/providers/none/index.mjs"), providerModule(AS_RECORDED));
await mkdir(join(workspace.dir, "workflows"));
await writeFile(join(workspace.dir, "workflows/remove.k"), WORKFLOW);

/** The records say that all servers are there. */
async function recordServers() {
  const { signal } = new AbortController();
  const session = await openInfraSession(
    {
      platform: platformLayout(fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "")),
      platformVersion: "bench",
      clock: systemClock,
      environment: workspace.env,
      currentDir: workspace.dir,
      workspace: workspace.dir,
      flags: {},
      holder: "bench",
      command: "bench",
      signal,
      drain: signal,
      report: () => {},
      confirm: async () => false,
    },
    { infra: "many", mode: "write", definition: "use" },
  );
  const addresses = { private: "10.9.0.1", ssh: { host: "10.9.0.1", port: 22 } };
  const facts = { osId: "debian", osVersion: "12" };
  for (const draft of session.desired.resources)
    await session.records.markReady(
      draft,
      draft.kind === "server" ? { plan: "small", addresses, hostKeys: [], user: "root", facts } : {},
      newRunId(),
    );
  await session.close();
}

async function command(...words) {
  const { stdout, stderr } = await workspace.run(...words);
  return bytes("provisioning ", words.join(" "), stdout, stderr);
}

async function byCommand(...output) {
  await recordServers();
  let single = 0;
  for (const name of names) single += await command("server", "delete", name, "--infra", "many", "--yes", ...output);
  await recordServers();
  const batch = bytes(WORKFLOW) + (await command("batch", "submit", "workflows/remove.k", "--infra", "many", "--yes", ...output));
  return { single, batch };
}

/** Where a service runs: single commands wait for their end, a batch is begun and left; `looks`: and looked at when it is done. */
async function throughService(looks, ...output) {
  const served = async (work) => {
    await recordServers();
    const service = await workspace.serve();
    const client = createClient(service, 1);
    const sum = await work(() => untilIdle(client));
    client.close();
    await service.stop();
    return sum;
  };
  const single = await served(async () => {
    let sum = 0;
    for (const name of names) sum += await command("server", "delete", name, "--infra", "many", "--yes", ...output);
    return sum;
  });
  const submitted = ["batch", "submit", "workflows/remove.k", "--infra", "many", "--yes", ...output];
  const batch = await served(async (idle) => {
    const begun = await command(...submitted);
    await idle();
    return bytes(WORKFLOW) + begun + (looks ? await command("batch", "status", "last", ...output) : 0);
  });
  return { single, batch };
}

/** `wait`: answered when it is done; otherwise when it is accepted. */
async function overHttp(wait) {
  const ask = async (path, body) => {
    const service = await workspace.serve();
    const client = createClient(service, 1);
    let sum = 0;
    for (const text of body.map((one) => JSON.stringify(one))) {
      const { status, text: answer } = await client.send("POST", path, text);
      if (status !== (wait ? 200 : 202)) throw new Error(`${path} was answered with ${status}: ${answer}`);
      sum += bytes(text, answer);
    }
    await untilIdle(client);
    client.close();
    await service.stop();
    return sum;
  };
  await recordServers();
  const single = await ask(
    `/actions/infra.destroy?wait=${wait}`,
    names.map((name) => ({ input: { infra: "many", targets: { servers: [name] } } })),
  );
  await recordServers();
  const operations = [{ id: "servers", type: "delete", target: "server", items: names }];
  return { single, batch: await ask("/workflows/batch", [{ infra: "many", wait, name: "remove", operations }]) };
}

const measures = {
  "for people": () => byCommand(),
  "as JSON": () => byCommand("-o", "json"),
  "for people, through a service, until it is begun": () => throughService(false),
  "for people, through a service, with a look at its end": () => throughService(true),
  "over HTTP, until it is done": () => overHttp(true),
  "over HTTP, until it is accepted": () => overHttp(false),
};
for (const [title, measure] of Object.entries(measures)) {
  const { single, batch } = await measure();
  const less = ((1 - batch / single) * 100).toFixed(1);
  console.log(`${title}: ${names.length} × one ${single} bytes, one batch ${batch} bytes, ${less} % less`);
}
await workspace.remove();
