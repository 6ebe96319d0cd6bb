/**
 * What each operation of a workflow changes. The operations are gone through in their order, and what is there is followed along: what
 * was made already is not made again, and what was deleted before can be made anew.
 */

import {
  type Address,
  type BatchOperation,
  type Change,
  type Diagnostic,
  parseAddress,
  serverAddress,
} from "@provisioning/model";
import { findItems, indexItems, type ItemIndex } from "./items.js";
import type { GroupOrder } from "./order.js";
import { problem } from "./problem.js";
import type { BatchScope } from "./scope.js";

/** A change and who makes it. */
export interface Claim {
  readonly operation: BatchOperation;
  /** A network belongs to no item. */
  readonly item?: string;
  readonly change: Change;
}

export interface BatchWork {
  /** What is made or changed. */
  readonly forward: ReadonlyMap<Address, Claim>;
  readonly removals: ReadonlyMap<Address, Claim>;
  /** What is looked at, by the operation's id. */
  readonly checks: ReadonlyMap<string, readonly { readonly item: string; readonly address: Address }[]>;
  /** All that an operation is about, also when nothing is to be done. */
  readonly covered: ReadonlyMap<string, ReadonlySet<Address>>;
  /** It is there before the workflow begins. */
  isThere(address: Address): boolean;
  readonly problems: readonly Diagnostic[];
  /** What is done though nobody listed it, and what is not though somebody did, in sentences. */
  readonly notes: readonly string[];
}

export function findWork(order: GroupOrder, scope: BatchScope): BatchWork {
  const walk = new Walk(order, scope);
  for (const operation of order.sorted) walk.visit(operation);
  walk.addRequirements();
  walk.addNetworks();
  walk.checkRequirements();
  walk.checkRemovals();
  return walk;
}

class Walk implements BatchWork {
  readonly forward = new Map<Address, Claim>();
  readonly removals = new Map<Address, Claim>();
  readonly checks = new Map<string, { item: string; address: Address }[]>();
  readonly covered = new Map<string, Set<Address>>();
  readonly problems: Diagnostic[] = [];
  readonly notes: string[] = [];
  readonly #changes: ReadonlyMap<Address, Change>;
  /** What is there at the beginning, and what is there after the operations gone through so far. */
  readonly #before: ReadonlySet<Address>;
  readonly #there: Set<Address>;
  readonly #items: ItemIndex;
  /** What is recorded as depending on each. */
  readonly #dependents = new Map<Address, Address[]>();
  /** The taskservs of each server. */
  readonly #onServer = new Map<Address, Address[]>();

  constructor(
    private readonly order: GroupOrder,
    private readonly scope: BatchScope,
  ) {
    this.#changes = new Map(scope.plan.changes.map((change) => [change.address, change]));
    this.#before = new Set(scope.plan.changes.filter(({ kind }) => kind !== "create").map(({ address }) => address));
    this.#there = new Set(this.#before);
    this.#items = indexItems(scope);
    for (const { address, dependsOn } of scope.recorded)
      for (const needed of dependsOn) append(this.#dependents, needed, address);
    for (const { address } of scope.plan.changes) {
      const server = serverOf(address);
      if (server !== undefined) append(this.#onServer, server, address);
    }
  }

  isThere(address: Address): boolean {
    return this.#before.has(address);
  }

  visit(operation: BatchOperation): void {
    const items = findItems(operation, this.scope, this.#items, this.problems);
    const covered = new Set<Address>();
    this.covered.set(operation.id, covered);
    for (const [item, addresses] of items) {
      if (addresses.length === 0 && operation.providers.length > 0) this.notes.push(leftAlone(item, operation));
      for (const address of addresses) covered.add(address);
      switch (operation.verb) {
        case "create":
          for (const address of addresses) this.#make(operation, item, address);
          break;
        case "update":
          this.#update(operation, item, addresses);
          break;
        case "delete":
          for (const address of addresses) this.#remove(operation, item, address);
          break;
        case "check":
          this.checks.set(operation.id, [
            ...(this.checks.get(operation.id) ?? []),
            ...addresses.map((address) => ({ item, address })),
          ]);
      }
    }
  }

  /** Taskservs that are required and that no operation makes or removes come with the first operation that needs them. */
  addRequirements(): void {
    const servers = new Map<string, string[]>();
    // What is added is gone through too: it may require something itself.
    for (const { operation, item, change } of this.forward.values()) {
      for (const address of change.dependsOn) {
        const needed = this.#changes.get(address);
        if (needed?.resource !== "taskserv" || needed.kind !== "create") continue;
        if (this.forward.has(address) || this.removals.has(address)) continue;
        this.forward.set(address, { operation, change: needed, ...(item === undefined ? {} : { item }) });
        this.covered.get(operation.id)?.add(address);
        const [parsed, by] = [parseAddress(address), parseAddress(change.address)];
        if (parsed.kind !== "taskserv" || by.kind !== "taskserv") continue;
        const text = `${operation.id} installs ${parsed.taskserv} too, which ${by.taskserv} requires, on`;
        servers.set(text, [...(servers.get(text) ?? []), parsed.server]);
      }
    }
    for (const [text, names] of servers) this.notes.push(`${text} ${names.join(", ")}.`);
  }

  /** Networks come with the first operation that needs them. */
  addNetworks(): void {
    for (const { operation, change } of this.forward.values()) {
      for (const address of change.dependsOn) {
        const network = this.#changes.get(address);
        if (network?.resource !== "network" || this.forward.has(address)) continue;
        if (this.#isGoneFor(operation, address)) this.forward.set(address, { operation, change: remade(network) });
        else if (network.kind !== "none") this.forward.set(address, { operation, change: network });
      }
    }
  }

  /** What a change needs must be there or be made by the workflow. */
  checkRequirements(): void {
    const lacking = new Map<Address, Claim[]>();
    for (const { operation, item, change } of this.forward.values()) {
      for (const needed of change.dependsOn) {
        const maker = this.forward.get(needed);
        if (maker !== undefined) {
          if (this.order.isBefore(operation.id, maker.operation.id)) this.#madeTooLate(operation, item, change, maker);
        } else if (!this.#before.has(needed) || this.#isGoneFor(operation, needed)) {
          append(lacking, needed, { operation, change, ...(item === undefined ? {} : { item }) });
        }
      }
    }
    for (const [needed, claims] of lacking) this.#lacks(needed, claims);
  }

  /** Something may be put on a server that is removed afterwards. */
  #isGoneFor(operation: BatchOperation, needed: Address): boolean {
    const removal = this.removals.get(needed);
    return removal !== undefined && !this.order.isBefore(operation.id, removal.operation.id);
  }

  /** What is removed must not be needed by something that stays. */
  checkRemovals(): void {
    for (const [address, { operation, item }] of this.removals) {
      for (const dependent of this.#dependents.get(address) ?? []) {
        const isOnIt = parseAddress(address).kind === "server";
        const isGone = this.removals.has(dependent) || this.removals.has(serverOf(dependent) ?? dependent);
        if (isOnIt || isGone || this.forward.has(address)) continue;
        const summary = `${address} cannot be removed: ${dependent} requires it.`;
        this.problems.push(
          problem({
            code: "BATCH_REQUIREMENT",
            summary,
            hint: "Remove that one too.",
            about: operation,
            field: fieldOf(operation, item),
          }),
        );
      }
      for (const made of this.#madeOn(address)) this.#checkOrdered(address, operation, item, made);
    }
  }

  #make(operation: BatchOperation, item: string, address: Address): void {
    const change = this.#changes.get(address);
    if (change === undefined) return;
    const isGone = !this.#there.has(address);
    const isDone = this.forward.has(address) && !isGone;
    if (isDone || (change.kind === "none" && !isGone)) return;
    if (this.forward.has(address)) {
      this.problems.push(
        problem({
          code: "BATCH_CONFLICT",
          summary: `${address} is made twice.`,
          about: operation,
          field: fieldOf(operation, item),
        }),
      );
      return;
    }
    if (change.kind === "replace" && this.scope.isProtected(address)) this.#protected(operation, item, address, "replace");
    const isRemade = isGone && this.#before.has(address);
    this.forward.set(address, { operation, item, change: isRemade ? remade(change) : change });
    this.#there.add(address);
  }

  /** Of a taskserv on several servers, those that are there. */
  #update(operation: BatchOperation, item: string, addresses: readonly Address[]): void {
    const there = addresses.filter((address) => this.#there.has(address));
    if (there.length === 0 && addresses.length > 0) {
      const summary = `${item} is not there, so it cannot be updated.`;
      const hint = 'Make it before, with an operation of type "create".';
      this.problems.push(problem({ code: "BATCH_NOT_THERE", summary, hint, about: operation, field: fieldOf(operation, item) }));
    }
    for (const address of there) this.#make(operation, item, address);
  }

  #remove(operation: BatchOperation, item: string, address: Address): void {
    if (!this.#there.has(address)) return;
    if (this.removals.has(address)) {
      this.problems.push(
        problem({
          code: "BATCH_CONFLICT",
          summary: `${address} is removed twice.`,
          about: operation,
          field: fieldOf(operation, item),
        }),
      );
      return;
    }
    const parsed = parseAddress(address);
    if (parsed.kind === "server" && this.scope.isProtected(address)) this.#protected(operation, item, address, "delete");
    this.removals.set(address, { operation, item, change: this.#removalOf(address) });
    this.#there.delete(address);
    if (parsed.kind !== "server") return;
    for (const other of this.#onServer.get(address) ?? []) this.#there.delete(other);
  }

  #removalOf(address: Address): Change {
    const planned = this.#changes.get(address) as Change;
    const dependents = this.#dependents.get(address) ?? [];
    return {
      ...planned,
      kind: "delete",
      reasons: ["you asked for it"],
      fields: [],
      steps: [],
      drift: false,
      dependsOn: dependents,
    };
  }

  #protected(operation: BatchOperation, item: string, address: Address, what: string): void {
    const hint = "If that is meant: set protect = False in its definition, apply, and try again.";
    const summary = `${address} is protected, and this would ${what} it.`;
    this.problems.push(problem({ code: "SERVER_PROTECTED", summary, hint, about: operation, field: fieldOf(operation, item) }));
  }

  /** One finding, however many need it. */
  #lacks(needed: Address, [first, ...others]: readonly Claim[]): void {
    if (first === undefined) return;
    const { operation, item, change } = first;
    const all = others.length === 0 ? change.address : `${change.address} (and ${others.length} more)`;
    const target = parseAddress(needed).kind === "taskserv" ? "taskserv" : "server";
    const state = this.removals.has(needed) ? "which this workflow removes" : "which is not there";
    this.problems.push(
      problem({
        code: "BATCH_REQUIREMENT",
        summary: `${all} needs ${needed}, ${state} and which no operation makes.`,
        hint: `Add an operation of type "create" with target "${target}" for it.`,
        about: operation,
        field: fieldOf(operation, item),
      }),
    );
  }

  #madeTooLate(operation: BatchOperation, item: string | undefined, change: Change, maker: Claim): void {
    this.problems.push(
      problem({
        code: "BATCH_ORDER",
        summary: `${change.address} needs ${maker.change.address}, which ${maker.operation.id} makes only after ${operation.id}.`,
        hint: `Let ${maker.operation.id} come first.`,
        about: operation,
        field: fieldOf(operation, item),
      }),
    );
  }

  /** The thing itself made anew, and what is put on a server. */
  #madeOn(address: Address): readonly Claim[] {
    return [address, ...(this.#onServer.get(address) ?? [])].flatMap((one) => this.forward.get(one) ?? []);
  }

  #checkOrdered(address: Address, operation: BatchOperation, item: string | undefined, made: Claim): void {
    const [first, second] = [operation.id, made.operation.id];
    if (first === second || this.order.isBefore(first, second) || this.order.isBefore(second, first)) return;
    const summary = `${first} removes ${address} and ${second} makes ${made.change.address}, and neither comes first.`;
    const hint = "Say which comes first, with depends_on.";
    this.problems.push(problem({ code: "BATCH_CONFLICT", summary, hint, about: operation, field: fieldOf(operation, item) }));
  }
}

function remade(change: Change): Change {
  return { ...change, kind: "create", reasons: ["it was deleted before"] };
}

function append<Item>(lists: Map<Address, Item[]>, key: Address, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** The server that a taskserv is on. */
function serverOf(address: Address): Address | undefined {
  const parsed = parseAddress(address);
  return parsed.kind === "taskserv" ? serverAddress(parsed.server) : undefined;
}

function fieldOf(operation: BatchOperation, item: string | undefined): string {
  if (operation.region !== undefined) return "cluster";
  const index = item === undefined ? -1 : operation.items.indexOf(item);
  return index < 0 ? "items" : `items.${index}`;
}

function leftAlone(item: string, { id, providers }: BatchOperation): string {
  return `${id} leaves ${item} alone: none of it is of ${providers.join(" or ")}.`;
}
