/**
 * A provider that makes trouble: resources with owner tags and idempotency keys behind calls that fail in the ways real ones do. What it
 * holds is the truth; what a caller hears need not be.
 *
 * Its promises: creating with the key of a resource that is there gives that one, with the key of one that was destroyed is answered with
 * 410; a caller with an older fencing token than the newest
 * it has heard of for a key is refused; destroying what is gone is answered with 404. A new resource is not listed at once.
 */

export interface CloudResource {
  readonly id: string;
  readonly owner: string;
  readonly key: string;
  /** By the cloud's clock: not listed before. */
  readonly visibleAt: number;
}

/** `unheard`: the caller hears of a time-out long after. */
export type CloudFault =
  | "none"
  | "slow"
  | "timeoutAfterEffect"
  | "errorAfterEffect"
  | "unheard"
  | "conflict"
  | "throttled"
  | "unavailable"
  | "refused";

export type CloudOperation = "create" | "find" | "adopt" | "destroy";

/** Weights of what goes wrong with each operation. */
export type FaultTable = Readonly<Record<CloudOperation, Readonly<Partial<Record<CloudFault, number>>>>>;

const RARE = 0.3;

/** Every fault in its place; `share` of all calls have one. */
export function faultTable(share: number): FaultTable {
  const none = (faults: Partial<Record<CloudFault, number>>) => {
    const sum = Object.values(faults).reduce((total, weight) => total + weight, 0);
    return { ...faults, none: share >= 1 ? 0 : (sum * (1 - share)) / Math.max(share, Number.EPSILON) };
  };
  return {
    create: none({
      slow: 1,
      timeoutAfterEffect: 1,
      errorAfterEffect: 1,
      unheard: 1,
      conflict: 1,
      throttled: 1,
      unavailable: 1,
      refused: RARE,
    }),
    find: none({ slow: 1, throttled: 1, unavailable: 1 }),
    adopt: none({ slow: 1, timeoutAfterEffect: 1, throttled: 1, unavailable: 1 }),
    destroy: none({ slow: 1, timeoutAfterEffect: 1, errorAfterEffect: 1, unheard: 1, conflict: 1, throttled: 1, unavailable: 1 }),
  };
}

/** What a caller hears when a call did not go well. */
export class CloudError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfterMs?: number,
  ) {
    super(`${status} ${code}`);
    this.name = "CloudError";
  }
}

export interface CreateRequest {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
}

export interface SimulatedCloudOptions {
  readonly now: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** How long a new resource may stay unlisted. */
  readonly unlistedMs?: number;
}

export class SimulatedCloud {
  readonly #options: SimulatedCloudOptions;
  readonly #resources = new Map<string, CloudResource>();
  readonly #byOwner = new Map<string, Set<CloudResource>>();
  readonly #byKey = new Map<string, CloudResource>();
  /** Keys of what was destroyed. */
  readonly #spent = new Set<string>();
  readonly #fences = new Map<string, number>();
  readonly #doubles: string[] = [];
  #made = 0;

  constructor(options: SimulatedCloudOptions) {
    this.#options = options;
  }

  /** Everything that is there, listed or not. */
  resources(): readonly CloudResource[] {
    return [...this.#resources.values()];
  }

  /** How many were ever made. */
  get made(): number {
    return this.#made;
  }

  /** Owners that had two resources at a time. */
  get doubles(): readonly string[] {
    return this.#doubles;
  }

  ownedBy(owner: string): readonly CloudResource[] {
    return [...(this.#byOwner.get(owner) ?? [])];
  }

  /** @throws CloudError 412 for an older fence, 410 for a key that was used up */
  create({ key, owner, fence }: CreateRequest): CloudResource {
    this.#assertNewest(owner, fence);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#spent.has(key)) throw new CloudError(410, "KeyUsedUp");
    if (this.ownedBy(owner).length > 0) this.#doubles.push(owner);
    this.#made += 1;
    const { now, random, unlistedMs = 5_000 } = this.#options;
    const resource = { id: `res-${this.#made}`, owner, key, visibleAt: now() + Math.floor(random() * unlistedMs) };
    this.#resources.set(resource.id, resource);
    this.#byKey.set(key, resource);
    this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? new Set()).add(resource));
    return resource;
  }

  find(owner: string): readonly CloudResource[] {
    return this.ownedBy(owner).filter(({ visibleAt }) => visibleAt <= this.#options.now());
  }

  /** Marks it with the token: from now on older ones are refused. @throws CloudError 404, 412 */
  adopt(id: string, fence: number): void {
    const resource = this.#resources.get(id);
    if (resource === undefined) throw new CloudError(404, "NotFound");
    this.#assertNewest(resource.owner, fence);
  }

  /** @throws CloudError 404, 412 */
  destroy(id: string, fence: number): void {
    const resource = this.#resources.get(id);
    if (resource === undefined) throw new CloudError(404, "NotFound");
    this.#assertNewest(resource.owner, fence);
    this.#resources.delete(id);
    this.#byKey.delete(resource.key);
    this.#spent.add(resource.key);
    this.#byOwner.get(resource.owner)?.delete(resource);
  }

  #assertNewest(owner: string, fence: number): void {
    const newest = this.#fences.get(owner) ?? 0;
    if (fence < newest) throw new CloudError(412, "Fenced");
    this.#fences.set(owner, fence);
  }
}

/** How a call gets to the cloud and back. */
export interface CloudTransport {
  send<T>(requestMs: number, arrive: () => T, replyMs: number, instead?: Error): Promise<T>;
}

export interface CloudClient {
  create(request: CreateRequest): Promise<CloudResource>;
  find(owner: string): Promise<readonly CloudResource[]>;
  adopt(id: string, fence: number): Promise<void>;
  destroy(id: string, fence: number): Promise<void>;
}

/** A way to the cloud on which each call meets the fault that `draw` gives it. */
export function connectCloud(
  cloud: SimulatedCloud,
  transport: CloudTransport,
  draw: (operation: CloudOperation) => CloudFault,
  random: () => number,
): CloudClient {
  const send = <T>(operation: CloudOperation, effect: () => T): Promise<T> => {
    const requestMs = 5 + Math.floor(random() * 200);
    const refusal = (status: number, code: string, retryAfterMs?: number) => () => {
      throw new CloudError(status, code, retryAfterMs);
    };
    switch (draw(operation)) {
      case "none":
        return transport.send(requestMs, effect, 5 + Math.floor(random() * 300));
      case "slow":
        return transport.send(requestMs + Math.floor(random() * 20_000), effect, Math.floor(random() * 20_000));
      case "timeoutAfterEffect":
        return transport.send(requestMs, effect, 10_000, new CloudError(504, "GatewayTimeout"));
      case "errorAfterEffect":
        return transport.send(requestMs, effect, 50, new CloudError(500, "InternalError"));
      case "unheard":
        return transport.send(requestMs, effect, 30_000, new CloudError(0, "ConnectionReset"));
      case "conflict":
        return transport.send(requestMs, refusal(409, "OperationInProgress"), 20);
      case "throttled":
        return transport.send(requestMs, refusal(429, "TooManyRequests", 1_000), 20);
      case "unavailable":
        return transport.send(requestMs, refusal(503, "Unavailable"), 20);
      case "refused":
        return transport.send(requestMs, refusal(403, "QuotaExceeded"), 20);
    }
  };
  return {
    create: (request) => send("create", () => cloud.create(request)),
    find: (owner) => send("find", () => cloud.find(owner)),
    adopt: (id, fence) => send("adopt", () => cloud.adopt(id, fence)),
    destroy: (id, fence) => send("destroy", () => cloud.destroy(id, fence)),
  };
}
