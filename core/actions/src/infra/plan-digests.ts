/** What a plan was made from, as digests: a plan that was kept is carried out only while all of it is as it was. */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CONFIG_KEY_NAMES } from "@provisioning/config";
import {
  type Address,
  canonicalJson,
  type Json,
  type PlanDigests,
  ProvisioningError,
  type SecretDigests,
} from "@provisioning/model";
import type { ResourceView } from "@provisioning/planner";
import type { InfraSession } from "../session.js";

export async function planDigests(
  session: InfraSession,
  observed: ReadonlyMap<Address, ResourceView>,
  secrets: ReadonlyMap<Address, SecretDigests>,
): Promise<PlanDigests> {
  const { config, records } = session;
  return {
    config: keyed(
      session,
      CONFIG_KEY_NAMES.map((key) => [key, config.get(key) as Json]),
    ),
    definition: keyed(session, [session.desiredDigest, Object.fromEntries(secrets)]),
    state: keyed(
      session,
      [...records.list()].sort(byAddress).map((record) => record as unknown as Json),
    ),
    packages: await packagesDigest(session),
    hosts: keyed(session, Object.fromEntries([...observed].map(([address, view]) => [address, viewFacts(view)]))),
  };
}

/** Nothing was changed: something that the plan was made from is not as it was. */
class PlanStaleError extends ProvisioningError {
  constructor(readonly changed: readonly (keyof PlanDigests)[]) {
    super({
      code: "PLAN_STALE",
      message: `The plan is out of date. Since it was made there changed: ${changed.map((name) => WORDS[name]).join("; ")}.`,
      hint: "Make a new one with: provisioning plan -o FILE",
      details: { changed },
    });
  }
}

const WORDS: Readonly<Record<keyof PlanDigests, string>> = {
  config: "the configuration",
  definition: "the definition, or a secret that it refers to",
  state: "the recorded state",
  packages: "the platform or a taskserv that is used",
  hosts: "what is there on the servers",
};

/** @throws PlanStaleError */
export function requireSame(expected: PlanDigests, now: PlanDigests): void {
  const changed = (Object.keys(WORDS) as (keyof PlanDigests)[]).filter((name) => expected[name] !== now[name]);
  if (changed.length > 0) throw new PlanStaleError(changed);
}

/** Values may be secret: without the key of the workspace nobody can try out which digest a guess gives. */
function keyed(session: InfraSession, value: Json): string {
  return session.digest(canonicalJson(value));
}

/** The files of every taskserv that is placed, and the version of the platform. */
async function packagesDigest(session: InfraSession): Promise<string> {
  const used = new Set(session.desired.servers.flatMap((server) => server.taskservs));
  const hash = createHash("sha256").update(session.context.platformVersion);
  for (const name of [...used].sort()) {
    const dir = session.catalog.get(name)?.dir;
    if (dir === undefined) continue;
    for (const file of await filesIn(dir)) hash.update(`\n${name}/${file}\n`).update(await readFile(join(dir, file)));
  }
  return hash.digest("hex");
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

/** What matters of a view for the plan; texts about it may hold a moment. */
function viewFacts(view: ResourceView): Json {
  if (view.status !== "present") return view.status;
  return {
    fields: view.fields as unknown as Json,
    steps: view.steps.map(({ id }) => id),
    faults: view.faults.length,
    inputs: view.inputsChanged === true,
  };
}

function byAddress(left: { readonly address: Address }, right: { readonly address: Address }): number {
  return left.address < right.address ? -1 : 1;
}
