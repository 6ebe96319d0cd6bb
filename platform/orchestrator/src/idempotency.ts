/**
 * Keys under which a request is done once, however often it is sent. A key is a lease that is held in the name of the task it stands
 * for, so that all replicas agree; where leases end with the process, the tasks themselves say which keys they were sent under.
 */

import { createHash } from "node:crypto";
import { type Clock, newRunId, ProvisioningError, type RunId } from "@provisioning/model";
import { LeaseHeldError, type LeaseScope, MAX_PAGE, type Storage } from "@provisioning/storage";

export interface Reserved {
  readonly id: RunId;
  readonly isNew: boolean;
  /** For the task, so that it says so after a restart. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Known {
  readonly id: RunId;
  readonly digest: string;
}

const KEY_LABEL = "idempotencyKey";
const DIGEST_LABEL = "requestDigest";

export class IdempotencyKeys {
  readonly #storage: Storage;
  readonly #ttlMs: number;
  /** Of tasks that an earlier process accepted. */
  readonly #earlier: ReadonlyMap<string, Known>;

  private constructor(storage: Storage, ttlMs: number, earlier: ReadonlyMap<string, Known>) {
    this.#storage = storage;
    this.#ttlMs = ttlMs;
    this.#earlier = earlier;
  }

  /** @param ttlMs how long a key stands for its task */
  static async open(storage: Storage, clock: Clock, ttlMs: number): Promise<IdempotencyKeys> {
    const { type } = await storage.info();
    const earlier = EXCLUSIVE.has(type) ? await earlierKeys(storage, clock.now() - ttlMs) : new Map<string, Known>();
    return new IdempotencyKeys(storage, ttlMs, earlier);
  }

  /** The task that a key stands for. @throws ProvisioningError IDEMPOTENCY_CONFLICT when it was used for something else */
  async reserve(key: string, digest: string): Promise<Reserved> {
    const name = createHash("sha256").update(key).digest("hex");
    const labels = { [KEY_LABEL]: name, [DIGEST_LABEL]: digest };
    const earlier = this.#earlier.get(name) ?? (await this.#take(name, digest));
    if (earlier.digest !== digest) throw new IdempotencyConflictError();
    return { id: earlier.id, isNew: "isNew" in earlier, labels };
  }

  async #take(name: string, digest: string): Promise<Known & { readonly isNew?: true }> {
    const scope = `idempotency/${name}` as LeaseScope;
    const id = newRunId();
    try {
      await this.#storage.leases.acquire(scope, `${id} ${digest}`, this.#ttlMs);
      return { id, digest, isNew: true };
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    const [known = id, before = ""] = ((await this.#storage.leases.current(scope))?.holder ?? "").split(" ");
    return { id: known as RunId, digest: before };
  }
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

class IdempotencyConflictError extends ProvisioningError {
  constructor() {
    super({
      code: "IDEMPOTENCY_CONFLICT",
      message: "This idempotency key was used for another request.",
      hint: "Use a new key for each request, and the same one only to repeat it.",
    });
  }
}
