/**
 * What every provider must keep. Call it in a test file of the provider with a factory; each test gets a subject of its own.
 *
 * Counting and making foreign things must not go through the provider: it is the one on trial.
 */

import { type InfraName, newRunId, systemClock, type WorkspaceName } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Provider, ProviderContext } from "../provider/provider.js";
import type { ServerAttributes, ServerSpec } from "../provider/specs.js";

export interface ConformanceSubject {
  readonly provider: Provider;
  readonly workspace: WorkspaceName;
  readonly infra: InfraName;
  /** A small server; the names are unique within the suite. */
  desiredServer(name: string): ServerSpec;
  /** The same server with one field changed, and the path of that field in the spec. */
  changedServer(spec: ServerSpec): { readonly spec: ServerSpec; readonly path: string };
  /** How many servers of that name exist for this workspace and infra. */
  countServers(name: string): Promise<number>;
  /** Makes something of that name that the provider did not make. */
  makeForeignServer(name: string): Promise<ForeignThing>;
  /** Removes everything that is left and closes the provider. */
  close(): Promise<void>;
}

export interface ForeignThing {
  /** It is still there as it was made. */
  isUntouched(): Promise<boolean>;
  remove(): Promise<void>;
}

export interface ProviderConformance {
  readonly name: string;
  open(): Promise<ConformanceSubject>;
  /** Why the suite cannot run here; it is then shown as skipped. */
  readonly skip?: string | undefined;
  /** For one test. Default 5 minutes. */
  readonly timeoutMs?: number;
}

export function providerConformance(options: ProviderConformance): void {
  const title = `provider ${options.name}${options.skip === undefined ? "" : ` (skipped: ${options.skip})`}`;
  describe.skipIf(options.skip !== undefined)(title, { timeout: options.timeoutMs ?? 300_000 }, () => {
    let subject: ConformanceSubject;
    beforeAll(async () => {
      subject = await options.open();
    }, options.timeoutMs ?? 300_000);
    afterAll(() => subject?.close(), options.timeoutMs ?? 300_000);

    lifeOfAServer(() => subject);
    manyAtOnce(() => subject);
    foreignThings(() => subject);
    networks(() => subject);
    cancellation(() => subject);
    declarations(() => subject);
  });
}

type Get = () => ConformanceSubject;

function lifeOfAServer(get: Get): void {
  it("takes a server through its life: absent, made, unchanged, changed, deleted", async () => {
    const subject = get();
    const { server } = subject.provider;
    const desired = subject.desiredServer("life");
    const ref = { name: desired.name };
    expect(await server.read(ref, context(subject))).toEqual({ status: "absent" });

    const made = await server.reconcile(desired, context(subject));
    expectUsable(made);
    const observed = await present(subject, desired.name);
    expect(observed.id).toBe(made.id);
    expect(server.diff(desired, observed)).toEqual({ fields: [], replace: false });

    const again = await server.reconcile(desired, context(subject));
    expect(again.id).toBe(made.id);
    expect(again.hostKeys).toEqual(made.hostKeys);
    expect(await subject.countServers(desired.name)).toBe(1);

    const changed = subject.changedServer(desired);
    const difference = server.diff(changed.spec, again);
    expect(difference.fields.map((field) => field.path)).toEqual([changed.path]);
    const after = await server.reconcile(changed.spec, context(subject));
    expect(server.diff(changed.spec, after).fields).toEqual([]);
    expect(server.diff(changed.spec, await present(subject, desired.name)).fields).toEqual([]);
    expect(await subject.countServers(desired.name)).toBe(1);

    await server.delete(ref, context(subject));
    expect(await server.read(ref, context(subject))).toEqual({ status: "absent" });
    expect(await subject.countServers(desired.name)).toBe(0);
    await server.delete(ref, context(subject));
  });

  it("gives a new server of the same name after a deletion", async () => {
    const subject = get();
    const desired = subject.desiredServer("anew");
    const first = await subject.provider.server.reconcile(desired, context(subject));
    await subject.provider.server.delete({ name: desired.name }, context(subject));
    const second = await subject.provider.server.reconcile(desired, context(subject));
    expect(second.id).not.toBe(first.id);
    await subject.provider.server.delete({ name: desired.name }, context(subject));
  });

  it("finds its server without any record of it", async () => {
    const subject = get();
    const desired = subject.desiredServer("unrecorded");
    const made = await subject.provider.server.reconcile(desired, context(subject));
    const read = await subject.provider.server.read(
      { name: desired.name, recorded: { id: "of-something-else" } },
      context(subject),
    );
    expect(read).toMatchObject({ status: "present", attributes: { id: made.id } });
    await subject.provider.server.delete({ name: desired.name, recorded: {} }, context(subject));
  });
}

function manyAtOnce(get: Get): void {
  it("makes one server when asked twice at once", async () => {
    const subject = get();
    const desired = subject.desiredServer("twice");
    const reconcile = () => subject.provider.server.reconcile(desired, context(subject));
    const [left, right] = await Promise.all([reconcile(), reconcile()]);
    expect(left.id).toBe(right.id);
    expect(await subject.countServers(desired.name)).toBe(1);
    const remove = () => subject.provider.server.delete({ name: desired.name }, context(subject));
    await Promise.all([remove(), remove()]);
    expect(await subject.countServers(desired.name)).toBe(0);
  });
}

function foreignThings(get: Get): void {
  it("reports a server it did not make as foreign and leaves it alone", async () => {
    const subject = get();
    const desired = subject.desiredServer("foreign");
    const foreign = await subject.makeForeignServer(desired.name);
    try {
      expect(await subject.provider.server.read({ name: desired.name }, context(subject))).toMatchObject({ status: "foreign" });
      const refusal = { code: "RESOURCE_FOREIGN" };
      await expect(subject.provider.server.reconcile(desired, context(subject))).rejects.toMatchObject(refusal);
      await expect(subject.provider.server.delete({ name: desired.name }, context(subject))).rejects.toMatchObject(refusal);
      expect(await foreign.isUntouched()).toBe(true);
    } finally {
      await foreign.remove();
    }
  });
}

function networks(get: Get): void {
  it("makes a network once and deletes it twice", async () => {
    const subject = get();
    const { network } = subject.provider;
    const ref = { name: "conformance" };
    expect(await network.read(ref, context(subject))).toEqual({ status: "absent" });
    const made = await network.reconcile(ref, context(subject));
    expect(network.diff(ref, made).fields).toEqual([]);
    expect((await network.reconcile(ref, context(subject))).id).toBe(made.id);
    expect(await network.read(ref, context(subject))).toMatchObject({ status: "present", attributes: { id: made.id } });
    await network.delete(ref, context(subject));
    await network.delete(ref, context(subject));
    expect(await network.read(ref, context(subject))).toEqual({ status: "absent" });
  });

  it("isolates a network, or refuses to, and never leaves it open in silence", async () => {
    const subject = get();
    const { network } = subject.provider;
    const open = { name: "isolated" };
    const isolated = { ...open, isolated: true };
    const came = await network.reconcile(isolated, context(subject)).then(
      (made) => ({ made }),
      (refusal: unknown) => ({ refusal }),
    );
    if ("refusal" in came) expect(came.refusal).toMatchObject({ code: expect.any(String) as string, retry: "never" });
    else {
      const { made } = came;
      expect(made.isolated).toBe(true);
      expect(network.diff(isolated, made).fields).toEqual([]);
      expect(network.diff(open, made).fields.map(({ path }) => path)).toEqual(["isolated"]);
      expect((await network.reconcile(open, context(subject))).isolated ?? false).toBe(false);
    }
    await network.delete(open, context(subject));
  });
}

function cancellation(get: Get): void {
  it("stops when it is cancelled, and a later call goes on", async () => {
    const subject = get();
    const desired = subject.desiredServer("cancelled");
    const controller = new AbortController();
    const running = subject.provider.server.reconcile(desired, context(subject, controller.signal));
    setTimeout(() => controller.abort(new Error("cancelled by the test")), 150);
    // A provider that is faster than the cancellation has simply finished.
    await running.catch((error: unknown) => expect(String(error)).toContain("cancelled by the test"));
    const made = await subject.provider.server.reconcile(desired, context(subject));
    expectUsable(made);
    expect(await subject.countServers(desired.name)).toBe(1);
    await subject.provider.server.delete({ name: desired.name }, context(subject));
  });
}

function declarations(get: Get): void {
  it("declares growing plans and positive limits", () => {
    const { plans, limits } = get().provider.capabilities;
    const sizes = [plans.small, plans.medium, plans.large, plans.xlarge];
    for (const [index, size] of sizes.entries()) {
      expect(Math.min(size.cpu, size.memoryMiB, size.diskGiB)).toBeGreaterThan(0);
      expect(size.memoryMiB).toBeGreaterThanOrEqual(sizes[index - 1]?.memoryMiB ?? 0);
    }
    expect(limits.rate).toBeGreaterThan(0);
    expect(limits.batchSize).toBeGreaterThan(0);
  });
}

async function present(subject: ConformanceSubject, name: string): Promise<ServerAttributes> {
  const observation = await subject.provider.server.read({ name }, context(subject));
  if (observation.status !== "present") throw new Error(`the server ${name} is ${observation.status} after it was made`);
  return observation.attributes;
}

function expectUsable(attributes: ServerAttributes): void {
  expect(attributes.id).not.toBe("");
  expect(attributes.addresses.ssh.host).not.toBe("");
  expect(attributes.addresses.ssh.port).toBeGreaterThan(0);
  expect(attributes.hostKeys.length).toBeGreaterThan(0);
  for (const key of attributes.hostKeys) expect(key).toMatch(/^(?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+$/);
  expect(JSON.parse(JSON.stringify(attributes))).toEqual(attributes);
}

function context(subject: ConformanceSubject, signal: AbortSignal = new AbortController().signal): ProviderContext {
  const runId = newRunId();
  return {
    workspace: subject.workspace,
    infra: subject.infra,
    runId,
    idempotencyKey: runId,
    clock: systemClock,
    signal,
    log: () => undefined,
    report: () => undefined,
  };
}
