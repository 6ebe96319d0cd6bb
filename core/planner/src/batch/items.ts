/** What the items of an operation are in this infra: addresses of servers, and of taskservs on their servers. */

import {
  type Address,
  type BatchOperation,
  type Diagnostic,
  parseAddress,
  type ServerName,
  serverAddress,
  type TaskservName,
  taskservAddress,
} from "@provisioning/model";
import { didYouMean, problem } from "./problem.js";
import type { BatchScope } from "./scope.js";

/** By item, in the order of the items. */
export type ItemAddresses = ReadonlyMap<string, readonly Address[]>;

export function findItems(operation: BatchOperation, scope: BatchScope, problems: Diagnostic[]): ItemAddresses {
  for (const [index, name] of operation.providers.entries()) {
    if (scope.knownProviders.includes(name)) continue;
    const hint = didYouMean(name, scope.knownProviders, "Known providers");
    problems.push(
      problem({
        code: "PROVIDER_UNKNOWN",
        summary: `There is no provider ${name}.`,
        hint,
        about: operation,
        field: `providers.${index}`,
      }),
    );
  }
  if (operation.target === "cluster") {
    const field = operation.region === undefined ? "target" : "cluster";
    const hint = "Deploy the servers and taskservs of a cluster with operations on these.";
    const summary = `${operation.id} works on whole clusters, which is not possible yet.`;
    problems.push(problem({ code: "BATCH_UNSUPPORTED", summary, hint, about: operation, field }));
    return new Map();
  }
  const found = new Map<string, readonly Address[]>();
  operation.items.forEach((item, index) => {
    const result = operation.target === "server" ? findServer(item, operation, scope) : findPlacements(item, operation, scope);
    if (typeof result === "string" || result === undefined) problems.push(unknownItem(item, index, operation, scope, result));
    else found.set(item, result);
  });
  return found;
}

/** What is to be removed may be gone from the definition. */
function findServer(item: string, operation: BatchOperation, scope: BatchScope): readonly Address[] | undefined {
  const address = serverAddress(item as ServerName);
  const desired = scope.servers.find((server) => server.address === address);
  const record = operation.verb === "delete" ? scope.recorded.find((one) => one.address === address) : undefined;
  const provider = desired?.provider ?? record?.provider;
  if (provider === undefined) return undefined;
  return isFor(operation, provider) ? [address] : [];
}

/** A text says why there is none though there is such a taskserv. */
function findPlacements(item: string, operation: BatchOperation, scope: BatchScope): readonly Address[] | string | undefined {
  const taskserv = item as TaskservName;
  const carriers = scope.servers.filter((server) => server.taskservs.includes(taskserv));
  const desired = carriers.map(({ name, provider }) => ({ address: taskservAddress(name, taskserv), provider }));
  const all = operation.verb === "delete" ? [...desired, ...recordedPlacements(item, scope)] : desired;
  if (all.length === 0) {
    return scope.knownTaskservs.includes(item) ? `No server of ${scope.infra} carries ${item}.` : undefined;
  }
  return [...new Set(all.filter(({ provider }) => isFor(operation, provider)).map(({ address }) => address))];
}

function recordedPlacements(item: string, scope: BatchScope) {
  return scope.recorded.filter((record) => {
    const address = parseAddress(record.address);
    return address.kind === "taskserv" && address.taskserv === item;
  });
}

function isFor(operation: BatchOperation, provider: string): boolean {
  return operation.providers.length === 0 || operation.providers.includes(provider);
}

function unknownItem(
  item: string,
  index: number,
  operation: BatchOperation,
  scope: BatchScope,
  reason: string | undefined,
): Diagnostic {
  const field = `items.${index}`;
  if (reason !== undefined) {
    return problem({
      code: "BATCH_ITEM_UNPLACED",
      summary: reason,
      hint: "Put it on a server in the definition of the infra.",
      about: operation,
      field,
    });
  }
  const isServer = operation.target === "server";
  const known = isServer ? scope.servers.map(({ name }) => name) : scope.knownTaskservs;
  const summary = isServer ? `${scope.infra} has no server ${item}.` : `There is no taskserv ${item}.`;
  const hint = didYouMean(item, known, isServer ? "Its servers" : "Known taskservs");
  return problem({ code: "BATCH_ITEM_UNKNOWN", summary, hint, about: operation, field });
}
