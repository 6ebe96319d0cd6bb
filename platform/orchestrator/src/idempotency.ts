/**
 * Keys under which a request is done once, however often it is sent. A key is a lease that is held in the name of the task it stands
 * for, so that all replicas agree; where leases end with the process, the tasks themselves say which keys they were sent under. What was
 * answered without a task is kept in `kept-answers.ts`.
 */

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { canonicalJson, type Clock, type Json, newRunId, ProvisioningError, type RunId } from "@provisioning/model";
import { type Lease, LeaseHeldError, type LeaseScope, MAX_PAGE, type Storage } from "@provisioning/storage";

/** A key together with what was asked for under it. */
export interface RequestKey {
  readonly name: string;
  readonly digest: string;
}

export interface Reserved {
  readonly id: RunId;
  readonly isNew: boolean;
  /** For the task, so that it says so after a restart. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Known {
  readonly id: RunId;
  readonly digest: string;
  /** It was answered, and there is no task. */
  readonly isAnswered?: boolean;
}

const KEY_LABEL = "idempotencyKey";
const DIGEST_LABEL = "requestDigest";

export class IdempotencyKeys {
  readonly #storage: Storage;
  readonly #ttlMs: number;
  /** Other replicas may be asked the same. */
  readonly #isShared: boolean;
  /** Of tasks that an earlier process accepted. */
  readonly #earlier: ReadonlyMap<string, Known>;
  readonly #patienceMs: number;

  private constructor(
    storage: Storage,
    given: {
      readonly ttlMs: number;
      readonly patienceMs: number;
      readonly isShared: boolean;
      readonly earlier: ReadonlyMap<string, Known>;
    },
  ) {
    this.#storage = storage;
    this.#ttlMs = given.ttlMs;
    this.#isShared = given.isShared;
    this.#earlier = given.earlier;
    this.#patienceMs = given.patienceMs;
  }

  /**
   * @param ttlMs how long a key stands for its task
   * @param patienceMs how long another replica that does the same is waited for. Default: 10,000
   */
  static async open(storage: Storage, clock: Clock, ttlMs: number, patienceMs = PATIENCE_MS): Promise<IdempotencyKeys> {
    const { type } = await storage.info();
    const isShared = !EXCLUSIVE.has(type);
    const earlier = isShared ? new Map<string, Known>() : await earlierKeys(storage, clock.now() - ttlMs);
    return new IdempotencyKeys(storage, { ttlMs, patienceMs, isShared, earlier });
  }

  /** The task that a key stands for. @throws ProvisioningError IDEMPOTENCY_CONFLICT when it was used for something else */
  async reserve({ name, digest }: RequestKey): Promise<Reserved> {
    const labels = { [KEY_LABEL]: name, [DIGEST_LABEL]: digest };
    const id = newRunId();
    const earlier = this.#earlier.get(name) ?? (await this.#take(name, `${id} ${digest}`));
    if (earlier === undefined) return { id, isNew: true, labels };
    if (earlier.digest !== digest) throw new IdempotencyConflictError();
    return { id: earlier.id, isNew: false, labels };
  }

  /**
   * Waits until no other replica does something under the key, and keeps them from it until the returned function is called. Where one process
   * serves there is nobody to wait for. @throws ProvisioningError IDEMPOTENCY_CONFLICT, IDEMPOTENCY_UNDER_WAY
   */
  async takeTurn(key: RequestKey): Promise<() => Promise<void>> {
    if (!this.#isShared) return () => Promise.resolve();
    const { leases } = this.#storage;
    const lease = await this.#turnOf(key);
    const beat = () => leases.heartbeat(lease).catch(() => {});
    const beating = setInterval(() => void beat(), TURN_MS / 3);
    return async () => {
      clearInterval(beating);
      // When it cannot be given back its time is over soon.
      await leases.release(lease).catch(() => {});
    };
  }

  async #turnOf({ name, digest }: RequestKey): Promise<Lease> {
    const giveUpAt = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await this.#storage.leases.acquire(`${scopeOf(name)}/turn` as LeaseScope, digest, TURN_MS);
      } catch (error) {
        if (!(error instanceof LeaseHeldError)) throw error;
        if (error.lease.holder !== digest) throw new IdempotencyConflictError();
        if (performance.now() >= giveUpAt) throw underWay();
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** What stood for something long enough needs no room any more. */
  async sweep(): Promise<void> {
    await this.#storage.leases.forgetFree(PREFIX);
  }

  /** Before anything is done under it. @throws ProvisioningError IDEMPOTENCY_CONFLICT, IDEMPOTENCY_ANSWER_GONE */
  async assertUsable({ name, digest }: RequestKey): Promise<void> {
    const known = this.#earlier.get(name) ?? (await this.#current(name));
    if (known === undefined) return;
    if (known.digest !== digest) throw new IdempotencyConflictError();
    if (known.isAnswered === true) throw answerGone();
  }

  /** From now on the key stands for an answer that was given at once. Where one process serves, it has kept that, and need not say so. */
  async markAnswered({ name, digest }: RequestKey): Promise<void> {
    if (this.#isShared) await this.#take(name, `${newRunId()} ${digest} ${ANSWERED}`);
  }

  /** What it stood for already. */
  async #take(name: string, holder: string): Promise<Known | undefined> {
    try {
      await this.#storage.leases.acquire(scopeOf(name), holder, this.#ttlMs);
      return undefined;
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    return (await this.#current(name)) ?? this.#take(name, holder);
  }

  async #current(name: string): Promise<Known | undefined> {
    const lease = await this.#storage.leases.current(scopeOf(name));
    if (lease === undefined) return undefined;
    const [id = "", digest = "", kind] = lease.holder.split(" ");
    return { id: id as RunId, digest, isAnswered: kind === ANSWERED };
  }
}

const ANSWERED = "answered";
const PREFIX = "idempotency/";

/** A replica that died in the middle of something lets others do it after this. */
const TURN_MS = 30_000;
const LOOK_AGAIN_MS = 100;
/** Longer than most things take that are answered at once. */
const PATIENCE_MS = 10_000;

function scopeOf(name: string): LeaseScope {
  return `${PREFIX}${name}` as LeaseScope;
}

/** The same path and the same body are the same request. */
export function requestKey(key: string, path: string, body: unknown): RequestKey {
  return { name: digestOf(key), digest: digestOf(canonicalJson({ path, body: (body ?? {}) as Json })) };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Where one process writes, what it held is free after its end. */
const EXCLUSIVE: ReadonlySet<string> = new Set(["filesystem", "surrealdb-embedded"]);

async function earlierKeys(storage: Storage, since: number): Promise<Map<string, Known>> {
  const found = new Map<string, Known>();
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list({ limit: MAX_PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id, labels, createdAt } of page.runs) {
      if (createdAt < since) return found;
      const { [KEY_LABEL]: name, [DIGEST_LABEL]: digest } = labels;
      if (name !== undefined && digest !== undefined) found.set(name, { id, digest });
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** Another replica has answered it, or the answer was too long ago. */
function answerGone(): ProvisioningError {
  return new ProvisioningError({
    code: "IDEMPOTENCY_ANSWER_GONE",
    message: "This request was done already, and its answer is not kept here.",
    hint: "Look at what is there now; for doing it once more, use a new key.",
  });
}

function underWay(): ProvisioningError {
  return new ProvisioningError({
    code: "IDEMPOTENCY_UNDER_WAY",
    message: "This request is still being done by another replica.",
    hint: "Repeat it a little later, under the same key.",
    retry: "later",
  });
}

export class IdempotencyConflictError extends ProvisioningError {
  constructor() {
    super({
      code: "IDEMPOTENCY_CONFLICT",
      message: "This idempotency key was used for another request.",
      hint: "Use a new key for each request, and the same one only to repeat it.",
    });
  }
}
