/** Who makes a server can be chosen once. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "../context.js";
import { invoke } from "../invoke.js";
import { openInfraSession } from "../session.js";
import { addInfraWithoutServers } from "../testing/infra-without-servers.js";
import { testContext } from "../testing/test-context.js";
import { createWorkspace } from "../workspace/create.js";

let folder: string;
let dir: string;

/** With the providers `none` and `other`. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "same-provider-"));
  dir = join(folder, "shop");
  await createWorkspace.run(testContext(folder), { name: "shop", dir });
  await addInfraWithoutServers(dir);
  const [none, other] = ["none", "other"].map((name) => join(dir, "extensions", "providers", name)) as [string, string];
  await cp(none, other, { recursive: true });
  for (const file of ["manifest.toml", "index.mjs"])
    await writeFile(join(other, file), (await readFile(join(other, file), "utf8")).replace('"none"', '"other"'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (changes: Partial<ActionContext> = {}) => testContext(dir, changes);
const plan = async (context: ActionContext) => {
  const { changes } = await invoke("infra.plan", context, { infra: "empty" });
  return changes.find(({ address }) => address === "server.one")?.provider;
};

describe("the provider of a server", () => {
  it("is the definition's, unless a flag says otherwise", async () => {
    expect(await plan(at())).toBe("none");
    expect(await plan(at({ flags: { "providers.default": "other" } }))).toBe("other");
  });

  it("cannot be another one while the server is there, for a second would be made", async () => {
    const session = await openInfraSession(at(), { infra: "empty", mode: "write", definition: "use" });
    for (const draft of session.desired.resources) await session.records.markReady(draft, {}, newRunId());
    await session.close();
    expect(await plan(at())).toBe("none");
    const refusal: unknown = await plan(at({ flags: { "providers.default": "other" } })).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      diagnostics: [{ code: "PROVIDER_CHANGED", summary: "server.one was made by none, and is to be one of other." }],
    });
  });
});
