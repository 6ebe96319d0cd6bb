/**
 * The dependencies of a workflow between things (`server.db-01`, `taskserv.etcd`, `operation.base`). Each becomes a gate: it waits for the
 * source, and for the condition if there is one; the target waits for the gate.
 */

import {
  type BatchDependency,
  type BatchWorkflow,
  type Diagnostic,
  isName,
  networkAddress,
  type OperationDefinition,
  type OperationId,
  parseAddress,
} from "@provisioning/model";
import type { BatchGraph } from "./batch-graph.js";
import { otherCluster } from "./items.js";
import { didYouMean, problem } from "./problem.js";
import type { BatchScope } from "./scope.js";
import { indexThings, type Party } from "./things.js";
import type { BatchWork } from "./work.js";

export function addDependencies(
  workflow: BatchWorkflow,
  scope: BatchScope,
  work: BatchWork,
  graph: BatchGraph,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (workflow.dependencies.length === 0) return problems;
  const context: Context = {
    workflow,
    scope,
    graph,
    work,
    problems,
    things: indexThings(scope, work, graph),
    ids: idsOf(workflow, scope),
  };
  workflow.dependencies.forEach((dependency, index) => {
    const source = resolve(dependency, "source", context);
    const target = resolve(dependency, "target", context);
    checkCondition(dependency, context);
    if (source === undefined || target === undefined || !checkUse(dependency, source, target, context)) return;
    if (workflow.order !== "parallel") addGate(dependency, index, source, target, context);
  });
  return problems;
}

interface Context {
  readonly workflow: BatchWorkflow;
  readonly scope: BatchScope;
  readonly graph: BatchGraph;
  readonly work: BatchWork;
  readonly problems: Diagnostic[];
  /** By what a dependency calls them: `server.db-01`, `taskserv.etcd`, `taskserv.db-01.etcd`, `operation.base` for its gate. */
  readonly things: ReadonlyMap<string, Party>;
  /** What names there are. */
  readonly ids: {
    readonly operations: ReadonlySet<string>;
    readonly servers: ReadonlySet<string>;
    readonly taskservs: ReadonlySet<string>;
  };
}

function resolve(dependency: BatchDependency, side: "source" | "target", context: Context): Party | undefined {
  const [kind = "", ...rest] = dependency[side].split(".");
  const name = rest.join(".");
  if (kind === "operation") return resolveOperation(dependency, side, name, context);
  if (kind === "server") return resolveThing(dependency, side, { server: name }, context);
  if (kind === "taskserv") {
    const [first = "", second] = rest;
    return resolveThing(
      dependency,
      side,
      second === undefined ? { taskserv: first } : { server: first, taskserv: second },
      context,
    );
  }
  if (kind === "cluster") return resolveCluster(dependency, side, name, context);
  context.problems.push(
    problem({
      code: "BATCH_DEPENDENCY_UNKNOWN",
      summary: `${dependency[side]} is not of the form server.x, taskserv.x, cluster.x or operation.x.`,
      hint: 'Write, for example, "server.db-01".',
      about: dependency,
      field: side,
    }),
  );
  return undefined;
}

/** What operations on the whole cluster do; those on its parts are not waited for. */
function resolveCluster(
  dependency: BatchDependency,
  side: "source" | "target",
  name: string,
  { workflow, scope, graph, work, problems, things }: Context,
): Party | undefined {
  const isOptional = side === "source" && dependency.type === "optional";
  if (name === scope.infra || isOptional) {
    const about = workflow.operations.filter(({ target, items }) => target === "cluster" && items.includes(name));
    const operations = about.flatMap(({ id }) => {
      const gate = things.get(`operation.${id}`)?.operations ?? [];
      return side === "source" ? gate : [...graph.of(id), ...gate];
    });
    const isThere = name === scope.infra && scope.plan.changes.every(({ address }) => work.isThere(address));
    return { operations, isCovered: about.length > 0, isThere };
  }
  problems.push(problem({ ...otherCluster(name, scope, "BATCH_DEPENDENCY_UNKNOWN"), about: dependency, field: side }));
  return undefined;
}

function resolveOperation(
  dependency: BatchDependency,
  side: "source" | "target",
  id: string,
  { graph, problems, things, ids }: Context,
): Party | undefined {
  if (!ids.operations.has(id)) {
    const hint = didYouMean(id, [...ids.operations], "Its operations");
    problems.push(
      problem({
        code: "BATCH_DEPENDENCY_UNKNOWN",
        summary: `There is no operation ${id}.`,
        hint,
        about: dependency,
        field: side,
      }),
    );
    return undefined;
  }
  const gate = things.get(`operation.${id}`)?.operations ?? [];
  const operations = side === "source" ? gate : [...graph.of(id), ...gate];
  return { operations, isCovered: true, isThere: false };
}

interface Wanted {
  readonly server?: string;
  readonly taskserv?: string;
}

function resolveThing(
  dependency: BatchDependency,
  side: "source" | "target",
  wanted: Wanted,
  context: Context,
): Party | undefined {
  if (!checkName(dependency, side, wanted, context)) return undefined;
  return context.things.get(dependency[side]) ?? { operations: [], isCovered: false, isThere: false };
}

function checkName(
  dependency: BatchDependency,
  side: "source" | "target",
  { server, taskserv }: Wanted,
  { ids, problems }: Context,
): boolean {
  const isOptional = side === "source" && dependency.type === "optional";
  const unknown =
    server !== undefined && !ids.servers.has(server)
      ? ({ what: "server", name: server, known: [...ids.servers] } as const)
      : taskserv !== undefined && !ids.taskservs.has(taskserv)
        ? ({ what: "taskserv", name: taskserv, known: [...ids.taskservs] } as const)
        : undefined;
  if (unknown === undefined || (isOptional && isName(unknown.name))) return true;
  const { what, name, known } = unknown;
  const summary = `${dependency[side]}: there is no ${what} ${name}.`;
  problems.push(
    problem({
      code: "BATCH_DEPENDENCY_UNKNOWN",
      summary,
      hint: didYouMean(name, known, `Known ${what}s`),
      about: dependency,
      field: side,
    }),
  );
  return false;
}

function checkCondition(dependency: BatchDependency, { scope, problems }: Context): void {
  if (dependency.waitCondition === undefined) return;
  const wrong = scope.checkCondition(dependency.waitCondition);
  if (wrong === undefined) return;
  const summary = `The wait condition ${JSON.stringify(dependency.waitCondition)} cannot be used: ${wrong}`;
  const hint = 'A KCL expression over run (id, name, infra, labels) and outputs (by operation), such as run.name == "x".';
  problems.push(problem({ code: "BATCH_CONDITION_INVALID", summary, hint, about: dependency, field: "wait_condition" }));
}

/** A dependency that changes nothing is a mistake, but for one whose work is done already. */
function checkUse(dependency: BatchDependency, source: Party, target: Party, { problems }: Context): boolean {
  if (!target.isCovered) {
    const summary = `No operation of this workflow does anything to ${dependency.target}, so it cannot wait.`;
    problems.push(
      problem({
        code: "BATCH_DEPENDENCY_UNKNOWN",
        summary,
        hint: "Remove the dependency, or add an operation.",
        about: dependency,
        field: "target",
      }),
    );
    return false;
  }
  if (dependency.type !== "optional" && !source.isCovered && !source.isThere) {
    const summary = `${dependency.source} is not there and no operation of this workflow makes it, so ${dependency.target} would wait for ever.`;
    problems.push(
      problem({
        code: "BATCH_DEPENDENCY_UNKNOWN",
        summary,
        hint: 'Add an operation for it, or make the dependency "optional".',
        about: dependency,
        field: "source",
      }),
    );
    return false;
  }
  return true;
}

function addGate(dependency: BatchDependency, index: number, source: Party, target: Party, context: Context): void {
  const first = startsOf(target.operations);
  if (first.length === 0 || (source.operations.length === 0 && dependency.waitCondition === undefined)) return;
  const { workflow, scope, graph } = context;
  const { type, waitCondition } = dependency;
  const [model] = target.operations as [OperationDefinition];
  const id = `dependency/${index + 1}` as OperationId;
  graph.addGate({
    id,
    title: `${dependency.source} before ${dependency.target}`,
    action: "batch.gate",
    address: networkAddress(scope.infra),
    input: {},
    dependsOn: source.operations.map((operation) => ({ on: operation.id, type: type === "hard" ? "hard" : "soft" })),
    timeoutMs: model.timeoutMs,
    retry: workflow.retry,
    onFailure: type === "hard" ? model.onFailure : "continue",
    ...(waitCondition === undefined ? {} : { waitCondition: { expression: waitCondition, timeoutMs: model.timeoutMs } }),
  });
  for (const operation of first) graph.link(operation.id, { on: id, type: type === "hard" ? "hard" : "soft" });
}

/** Those that need no other one of them. */
function startsOf(operations: readonly OperationDefinition[]): readonly OperationDefinition[] {
  const ids = new Set(operations.map(({ id }) => id));
  return operations.filter(({ dependsOn }) => !dependsOn.some(({ on, type }) => type === "hard" && ids.has(on)));
}

function idsOf(workflow: BatchWorkflow, scope: BatchScope): Context["ids"] {
  const recorded = scope.recorded.flatMap((record) => {
    const address = parseAddress(record.address);
    return address.kind === "server" ? [address.server] : [];
  });
  return {
    operations: new Set(workflow.operations.map(({ id }) => id)),
    servers: new Set([...scope.servers.map(({ name }) => name), ...recorded]),
    taskservs: new Set(scope.knownTaskservs),
  };
}
