/**
 * One of two processes that take a run from each other: `node fencing.mjs <name>`, the options of the store as JSON in the variable `STORAGE`. Told by
 * messages what to do, and answers by messages. For tests that stop it in between.
 */

import { ProvisioningError, type RunId, systemClock } from "@provisioning/model";
import { openFilesystemStorage } from "../backends/filesystem/filesystem-storage.js";
import { openStorage, type StorageOptions } from "../open.js";
import { runScope } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";

export type FencingOrder = {
  /** `hold`: take it and write until that is refused. `take`: take it as soon as it is free and write once. `leave`: close the store. */
  readonly do: "hold" | "take" | "leave";
  readonly run: RunId;
  readonly ttlMs: number;
};

export type FencingAnswer =
  | { readonly type: "ready" | "holding" | "left" }
  | { readonly type: "taken"; readonly at: number; readonly token: number; readonly version: number }
  /** How many writes were acknowledged, and with what code each kind was refused afterwards. */
  | {
      readonly type: "refused";
      readonly version: number;
      readonly token: number;
      readonly append: string;
      readonly heartbeat: string;
      readonly release: string;
    };

const [name = ""] = process.argv.slice(2);
const options = JSON.parse(process.env["STORAGE"] ?? "{}") as StorageOptions;
const say = (answer: FencingAnswer) => process.send?.(answer);
const RETRY_MS = 5;
/** So small that a process is often stopped while it makes the journal shorter. */
const SEGMENT_BYTES = 20_000;

let opened: Promise<Storage> | undefined;

function open(): Promise<Storage> {
  if (opened !== undefined) return opened;
  opened =
    options.type === "filesystem"
      ? openFilesystemStorage({ ...options, clock: systemClock, segmentBytes: SEGMENT_BYTES })
      : openStorage(options);
  opened.catch(() => (opened = undefined));
  return opened;
}

async function leave(): Promise<void> {
  const storage = await opened?.catch(() => undefined);
  opened = undefined;
  await storage?.close().catch(() => {});
}

async function acquire(run: RunId, ttlMs: number) {
  for (;;) {
    try {
      const storage = await open();
      return { storage, lease: await storage.leases.acquire(runScope(run), name, ttlMs) };
    } catch (error) {
      if (!WAITS_FOR.has(codeOf(error))) throw error;
      await systemClock.sleep(RETRY_MS);
    }
  }
}

const WAITS_FOR: ReadonlySet<string> = new Set(["LEASE_HELD", "STORE_BUSY"]);

async function hold({ run, ttlMs }: FencingOrder): Promise<void> {
  const { storage, lease } = await acquire(run, ttlMs);
  const { token } = lease;
  let { version } = await storage.runs.load(run);
  say({ type: "holding" });
  let append = "";
  while (append === "") {
    const event = { type: "runClaimed", at: Date.now(), holder: name, token } as const;
    await storage.runs.append(run, version, [event], token).then(
      (now) => (version = now),
      (error: unknown) => (append = codeOf(error)),
    );
  }
  const heartbeat = await storage.leases.heartbeat(lease).then(() => "", codeOf);
  const release = await storage.leases.release(lease).then(() => "", codeOf);
  say({ type: "refused", version, token, append, heartbeat, release });
}

async function take({ run, ttlMs }: FencingOrder): Promise<void> {
  const { storage, lease } = await acquire(run, ttlMs);
  const { token } = lease;
  const at = Date.now();
  const { version } = await storage.runs.load(run);
  const after = await storage.runs.append(run, version, [{ type: "runClaimed", at, holder: name, token }], token);
  say({ type: "taken", at, token, version: after });
}

function codeOf(error: unknown): string {
  return error instanceof ProvisioningError ? error.code : String(error);
}

process.on("message", (order: FencingOrder) => {
  const act = { hold, take, leave: () => leave().then(() => void say({ type: "left" })) }[order.do];
  act(order).catch((error: unknown) => {
    console.error(name, error);
    process.exit(1);
  });
});
say({ type: "ready" });
