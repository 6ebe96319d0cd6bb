/** Shows what would change, and changes nothing. */

import {
  type Address,
  isNoop,
  type JsonObject,
  type Plan,
  ProvisioningError,
  type TaskservName,
  counted,
} from "@provisioning/model";
import { planSchema } from "@provisioning/model/wire";
import { estimateRun, makePlan } from "@provisioning/planner";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { operationsOf } from "../run/definition.js";
import { usualDurations } from "../run/durations.js";
import { observeAllTaskservs, observeInfra, type ObservedInfra } from "../observe/observe.js";
import { compileAll } from "./compile-all.js";
import { secretsByAddress } from "../servers/secret-digests.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { planDigests } from "./plan-digests.js";
import { checkTargets, narrow, type Targets, targetsSchema } from "./targets.js";
import { refuseProtected } from "./protect.js";
import { refuseOtherProviders } from "./same-provider.js";

export interface PlanInfraInput {
  readonly infra?: string;
  readonly targets?: Targets;
}

export const planInputSchema: z.ZodMiniType<PlanInfraInput> = z.strictObject({
  infra: z.exactOptional(z.string()),
  targets: z.exactOptional(targetsSchema),
});

export const planInfra = defineAction({
  name: "infra.plan",
  cedar: { action: "planInfra", resource: "Infra" },
  effect: "read",
  summary: "Shows what would change, and changes nothing.",
  input: planInputSchema,
  output: planSchema,
  async run(context, input) {
    const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
    try {
      return (await planSession(session, input.targets)).plan;
    } finally {
      await session.close();
    }
  },
});

/** A plan, and what only the compiled definitions know. */
export interface PlannedInfra {
  readonly plan: Plan;
  /** By the address of a placement: taskservs that must answer before it can be healthy. */
  readonly uses: ReadonlyMap<Address, readonly TaskservName[]>;
  /** What providers say of the networks and servers that are there. */
  readonly attributes: ReadonlyMap<Address, JsonObject>;
}

/** @throws DiagnosticsError for protected servers and for those of another provider, ProvisioningError RESOURCE_FOREIGN */
export async function planSession(session: InfraSession, targets?: Targets): Promise<PlannedInfra> {
  const { desired } = session;
  // A mistyped name is told before every server is looked at.
  checkTargets(
    [...desired.resources, ...session.records.list()].map((resource) => resource.address),
    targets,
  );
  refuseOtherProviders(session);
  const compiled = await compileAll(session);
  session.context.report({ type: "phase", title: `Look at ${counted(desired.servers.length, "server")} of ${session.infra}` });
  const made = await observeInfra(session);
  refuseForeign(made.views);
  const anew = madeAnew(session, made.views, targets);
  const { uses, unknown } = anew.size === 0 ? compiled : await compileAll(session, anew);
  const observed = new Map([...made.views, ...(await observeAllTaskservs(session, made, anew))]);
  const secrets = await secretsByAddress(session, desired.resources);
  const narrowed = narrow(
    makePlan({ infra: session.infra, desired: desired.resources, recorded: session.records.list(), observed, secrets, unknown }),
    targets,
  );
  refuseProtected(session, narrowed.changes);
  const digests = await planDigests(session, observed, secrets);
  const estimate = await estimateOf(session, narrowed, uses);
  return { plan: { ...narrowed, digests, ...(estimate === undefined ? {} : { estimate }) }, uses, attributes: made.attributes };
}

/** @throws ProvisioningError RESOURCE_FOREIGN */
function refuseForeign(views: ObservedInfra["views"]): void {
  for (const [address, view] of views) {
    if (view.status === "foreign") {
      throw new ProvisioningError({
        code: "RESOURCE_FOREIGN",
        message: `${address} exists already and was not made by this workspace: ${view.detail}`,
        hint: "Give it another name, or remove the existing one yourself.",
      });
    }
  }
}

/** Servers with a recorded address that they will lose: these are created again or replaced, if that is among the targets. */
function madeAnew(session: InfraSession, observed: ObservedInfra["views"], targets: Targets | undefined): ReadonlySet<Address> {
  const recorded = session.records.list();
  const { changes } = narrow(makePlan({ infra: session.infra, desired: session.desired.resources, recorded, observed }), targets);
  return new Set(
    changes.flatMap(({ address, resource, kind }) =>
      resource === "server" && (kind === "create" || kind === "replace") && session.records.get(address) !== undefined
        ? [address]
        : [],
    ),
  );
}

async function estimateOf(session: InfraSession, plan: Plan, uses: PlannedInfra["uses"]): Promise<Plan["estimate"]> {
  if (isNoop(plan)) return undefined;
  const usual = await usualDurations(session.workspace.layout.runtimeDir);
  return estimateRun(operationsOf(session, { plan, uses }), usual);
}
