/**
 * Compiles a batch workflow for an infra into the graph of operations that a run executes. Pure.
 *
 * What is done to one item is what an apply does, in the same order: networks before servers, servers before their taskservs, what is
 * required before what requires it (`planOperations`). On top of that come the workflow's own dependencies. Every operation of the
 * workflow ends in a gate, an operation that does nothing and carries its id: those that depend on it wait for the gate, and its items
 * may be none. So edges stay linear in operations and items.
 */

import {
  type Address,
  type BatchOperation,
  type BatchWorkflow,
  type Diagnostic,
  networkAddress,
  type OnFailure,
  type OperationDefinition,
  type OperationDependency,
  type OperationId,
  parseAddress,
  type Plan,
} from "@provisioning/model";
import { topologicalOrder } from "../graph.js";
import { type OperationAction, operationId, planOperations } from "../operations.js";
import { addDependencies } from "./dependencies.js";
import { type BatchGraph, createGraph } from "./batch-graph.js";
import { type GroupOrder, orderGroups } from "./order.js";
import { problem } from "./problem.js";
import { unboundOperations } from "./providers.js";
import type { BatchGroup, BatchScope, CompiledBatch } from "./scope.js";
import { chain } from "./sequence.js";
import { type BatchWork, type Claim, findWork } from "./work.js";

/** Linear in operations, items and dependencies. All problems are found at once. */
export function compileBatch(workflow: BatchWorkflow, scope: BatchScope): CompiledBatch {
  const order = orderGroups(workflow);
  const work = findWork(order, scope);
  const problems: Diagnostic[] = [...order.problems, ...unboundOperations(workflow), ...work.problems];
  const graph = createGraph();
  addItems(workflow, scope, order, work, graph);
  addChecks(workflow, order, work, graph);
  addBarriers(workflow, scope, order, work, graph);
  for (const operation of workflow.operations) if (!operation.parallel) chain(operation, graph);
  addVerdicts(workflow, scope, work, graph);
  addGates(workflow, scope, order, work, graph);
  problems.push(...addDependencies(workflow, scope, work, graph));
  const operations = graph.operations();
  if (problems.length === 0) problems.push(...findCycle(operations, workflow));
  return { operations, groups: groupsOf(order, graph), plan: planOf(scope, work), problems, notes: work.notes };
}

/** What an operation does is what an apply does; each of these belongs to one operation of the workflow. */
function addItems(workflow: BatchWorkflow, scope: BatchScope, order: GroupOrder, work: BatchWork, graph: BatchGraph): void {
  const inPlanOrder = (claims: ReadonlyMap<Address, Claim>) =>
    scope.plan.changes.flatMap(({ address }) => claims.get(address)?.change ?? []);
  const options = {
    ...neutral,
    isClustered: scope.isClustered,
    usesOf: scope.usesOf,
  };
  const forward = planOperations({ infra: scope.infra, changes: inPlanOrder(work.forward) }, options);
  const backward = planOperations({ infra: scope.infra, changes: inPlanOrder(work.removals) }, options);
  const owner = new Map<OperationId, Claim>();
  const own = (operation: OperationDefinition, claim: Claim | undefined) => claim && owner.set(operation.id, claim);
  for (const operation of forward) own(operation, work.forward.get(operation.address));
  // A replacement deletes too; a deletion that was asked for comes first.
  for (const operation of backward) own(operation, work.removals.get(operation.address));
  for (const operation of [...forward, ...backward]) {
    const claim = owner.get(operation.id);
    if (claim === undefined || graph.has(operation.id)) continue;
    const dependsOn = operation.dependsOn.flatMap((dependency) => {
      const other = owner.get(dependency.on);
      const isLater = other !== undefined && order.isBefore(claim.operation.id, other.operation.id);
      return other === undefined || isLater ? [] : [dependency];
    });
    graph.add(claim.operation.id, { ...operation, ...settingsOf(workflow, claim.operation), dependsOn });
  }
  for (const operation of forward) addAfterRemoval(operation, work, graph);
}

/** `planOperations` asks for them; every operation gets its own. */
const neutral = {
  timeoutMs: 1,
  retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 0, maxDelayMs: 0 },
  onFailure: "fail",
} as const;

/** What was deleted before is made anew after that, and the other way round. */
function addAfterRemoval({ id, address, action }: OperationDefinition, work: BatchWork, graph: BatchGraph): void {
  const removal = work.removals.get(address);
  const made = work.forward.get(address);
  if (removal === undefined || made === undefined || action.endsWith(".delete") || !graph.has(id)) return;
  const gone = operationId(parseAddress(address).kind === "server" ? "server.delete" : "taskserv.remove", address);
  if (!graph.has(gone)) return;
  if (made.change.reasons.includes("it was deleted before")) graph.link(id, { on: gone, type: "hard" });
  else graph.link(gone, { on: id, type: "hard" });
}

/** Looking needs no order of its own, but for what this workflow makes. */
function addChecks(workflow: BatchWorkflow, order: GroupOrder, work: BatchWork, graph: BatchGraph): void {
  for (const operation of workflow.operations) {
    for (const { address } of work.checks.get(operation.id) ?? []) {
      const parsed = parseAddress(address);
      const isServer = parsed.kind === "server";
      const action: OperationAction = isServer ? "server.check" : "taskserv.health";
      const maker = work.forward.get(address)?.operation.id;
      const made = operationId(isServer ? "server.reconcile" : "taskserv.health", address);
      const isMadeLater = maker === undefined || order.isBefore(operation.id, maker);
      graph.add(operation.id, {
        id: `${operation.id}/${operationId(action, address)}` as OperationId,
        title: parsed.kind === "taskserv" ? `look at ${parsed.taskserv} on ${parsed.server}` : `look at ${address}`,
        action,
        address,
        input: { change: "read" },
        dependsOn: isMadeLater || !graph.has(made) ? [] : [{ on: made, type: "hard" }],
        ...(parsed.kind === "network" ? {} : { lane: parsed.server }),
        ...settingsOf(workflow, operation),
      });
    }
  }
}

/** Configuration files name other servers, so an operation's taskservs wait until the addresses of those made before are known. */
function addBarriers(workflow: BatchWorkflow, scope: BatchScope, order: GroupOrder, work: BatchWork, graph: BatchGraph): void {
  const servers = graph.operations().filter(({ action }) => action === "server.reconcile");
  for (const operation of workflow.operations) {
    const installs = graph.of(operation.id).filter(({ action }) => action === "taskserv.install");
    const before = servers.filter(({ address }) => {
      const maker = work.forward.get(address)?.operation.id;
      return maker !== undefined && !order.isBefore(operation.id, maker);
    });
    if (installs.length === 0 || before.length === 0) continue;
    const id = `${operation.id}/servers.known` as OperationId;
    graph.add(operation.id, {
      id,
      title: "know the addresses of all servers",
      action: "servers.known" satisfies OperationAction,
      address: networkAddress(scope.infra),
      input: {},
      dependsOn: before.map(({ id: on }) => ({ on, type: "soft" })),
      ...settingsOf(workflow, operation),
    });
    for (const install of installs) graph.link(install.id, { on: id, type: "hard" });
  }
}

/** `on_partial_failure = False`: undone is only what failed as a whole. */
function isJudged({ rollback }: BatchWorkflow, { onFailure, items }: BatchOperation): boolean {
  return onFailure === "rollback" && rollback.enabled && !rollback.onPartialFailure && items.length > 1;
}

/** Waits for all items, and asks for a rollback when none succeeded; when some did, nothing more is started and nothing undone. */
function addVerdicts(workflow: BatchWorkflow, scope: BatchScope, work: BatchWork, graph: BatchGraph): void {
  for (const operation of workflow.operations) {
    const members = isJudged(workflow, operation) ? membersOf(operation, work, graph) : [];
    if (members.length === 0) continue;
    const dependsOn = members.flat().map((on): OperationDependency => ({ on, type: "soft" }));
    const verdict = (fails: "all" | "some", title: string, onFailure: OnFailure) => ({
      ...settingsOf(workflow, operation),
      id: `${operation.id}/${fails}-failed` as OperationId,
      title,
      action: "batch.verdict" satisfies OperationAction,
      address: networkAddress(scope.infra),
      input: { operation: operation.id, fails, members },
      dependsOn,
      onFailure,
    });
    const some = verdict("some", `see whether all items of ${operation.id} succeeded`, "fail");
    graph.addGate(some);
    // What is as described already has succeeded.
    if (members.length < operation.items.length) continue;
    const all = verdict("all", `see whether any item of ${operation.id} succeeded`, "rollback");
    graph.addGate(all);
    graph.link(some.id, { on: all.id, type: "hard" });
  }
}

/** What is done to each item; networks and the like belong to none. */
function membersOf({ id }: BatchOperation, work: BatchWork, graph: BatchGraph): readonly (readonly OperationId[])[] {
  const items = new Map<Address, string>();
  for (const [address, { operation, item }] of [...work.removals, ...work.forward])
    if (operation.id === id && item !== undefined) items.set(address, item);
  for (const { address, item } of work.checks.get(id) ?? []) items.set(address, item);
  const members = new Map<string, OperationId[]>();
  for (const { id: own, address } of graph.of(id)) {
    const item = items.get(address);
    if (item !== undefined) members.set(item, [...(members.get(item) ?? []), own]);
  }
  return [...members.values()];
}

function addGates(workflow: BatchWorkflow, scope: BatchScope, order: GroupOrder, work: BatchWork, graph: BatchGraph): void {
  const place = new Map(order.sorted.map(({ id }, index) => [id, index]));
  for (const operation of workflow.operations) {
    const before = order.before(operation.id).map((id): OperationDependency => ({ on: id as OperationId, type: "hard" }));
    const own = graph.of(operation.id);
    const isOwn = new Set(own.map(({ id }) => id));
    for (const { id, dependsOn } of own) {
      if (dependsOn.some(({ on, type }) => type === "hard" && isOwn.has(on))) continue;
      for (const dependency of before) graph.link(id, dependency);
    }
    const isEarlier = (id: string) => (place.get(id) ?? 0) < (place.get(operation.id) ?? 0);
    const elsewhere = operation.target === "cluster" ? doneElsewhere(operation, isEarlier, work, graph) : [];
    graph.addGate({
      id: operation.id as OperationId,
      title: `${operation.id} is done`,
      action: "batch.gate" satisfies OperationAction,
      address: networkAddress(scope.infra),
      input: { items: operation.items },
      dependsOn: [...[...own, ...elsewhere].map(({ id: on }): OperationDependency => ({ on, type: "hard" })), ...before],
      ...settingsOf(workflow, operation),
    });
  }
}

/** A cluster is not done before all of it is, whichever operation came first. */
function doneElsewhere(
  { id, verb }: BatchOperation,
  isEarlier: (id: string) => boolean,
  { covered, forward, removals }: BatchWork,
  graph: BatchGraph,
): readonly OperationDefinition[] {
  const claims = verb === "delete" ? removals : forward;
  const owners = new Map<string, Set<Address>>();
  for (const address of covered.get(id) ?? []) {
    const owner = claims.get(address)?.operation.id;
    if (owner === undefined || owner === id || !isEarlier(owner)) continue;
    const addresses = owners.get(owner) ?? new Set();
    owners.set(owner, addresses.add(address));
  }
  return [...owners].flatMap(([owner, addresses]) => graph.of(owner).filter(({ address }) => addresses.has(address)));
}

function settingsOf(workflow: BatchWorkflow, operation: BatchOperation) {
  return { timeoutMs: operation.timeoutMs, retry: workflow.retry, onFailure: onFailureOf(workflow, operation) };
}

/** An operation with one item fails as a whole. Where a part of the items may fail, what that means is said when all have ended. */
function onFailureOf(workflow: BatchWorkflow, operation: BatchOperation): OnFailure {
  if (operation.onFailure !== "rollback") return operation.onFailure;
  if (!workflow.rollback.enabled) return "fail";
  return isJudged(workflow, operation) ? "continue" : "rollback";
}

function findCycle(operations: readonly OperationDefinition[], workflow: BatchWorkflow): Diagnostic[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const ordering = topologicalOrder({
    nodes: [...byId.keys()],
    dependenciesOf: (id) => byId.get(id)?.dependsOn.map(({ on }) => on) ?? [],
  });
  if (ordering.ok) return [];
  const titles = [...ordering.cycle, ordering.cycle[0]].map((id) => byId.get(id as OperationId)?.title ?? id);
  const summary = `These wait for each other: ${titles.join(" → ")}.`;
  const hint = "What taskservs require counts too. Remove one of the dependencies, or let items be worked on at once.";
  return [problem({ code: "BATCH_CYCLE", summary, hint, about: workflow })];
}

function groupsOf(order: GroupOrder, graph: BatchGraph): BatchGroup[] {
  return order.sorted.map(({ id, items, region }) => ({
    id,
    items,
    ...(region === undefined ? {} : { region }),
    after: order.before(id),
    operations: graph.of(id).map((operation) => operation.id),
  }));
}

/** Whatever the workflow is about and leaves alone is in it too, as `none`. */
function planOf(scope: BatchScope, { forward, removals, covered }: BatchWork): Plan {
  const claims = [...removals.values(), ...forward.values()].map(({ change }) => change);
  const changed = new Set(claims.map(({ address }) => address));
  const about = new Set([...covered.values()].flatMap((addresses) => [...addresses]));
  const kept = scope.plan.changes.filter(({ address }) => about.has(address) && !changed.has(address));
  const none = { kind: "none", reasons: [], fields: [], steps: [], drift: false } as const;
  return { infra: scope.infra, changes: [...claims, ...kept.map((change) => ({ ...change, ...none }))] };
}
