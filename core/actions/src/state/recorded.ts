/** What a workspace has recorded about its resources. */

import { infraName, type InfraName, nearest, ProvisioningError, type ResourceRecord } from "@provisioning/model";
import { addressSchema, infraNameSchema, instantSchema, providerNameSchema, runIdSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";

export interface RecordedInput {
  /** Default: all infras that have records. */
  readonly infra?: string;
}

/** Records of one infra, or of all, sorted by infra and address. @throws ProvisioningError INFRA_UNKNOWN */
export async function recordedResources(context: ActionContext, { infra }: RecordedInput): Promise<readonly ResourceRecord[]> {
  const session = await openWorkspaceSession(context);
  const storage = await session.openStore("read");
  try {
    const known = await storage.resources.listInfras();
    const wanted = infra === undefined ? known : [knownInfra(infra, known)];
    const lists = await Promise.all(wanted.map((name) => storage.resources.list(name)));
    return lists.flat().map(({ record }) => record);
  } finally {
    await storage.close();
  }
}

function knownInfra(wanted: string, known: readonly InfraName[]): InfraName {
  const name = infraName(wanted);
  if (known.includes(name)) return name;
  const suggestion = nearest(wanted, known);
  throw new ProvisioningError({
    code: "INFRA_UNKNOWN",
    message: `Nothing is recorded of an infra ${JSON.stringify(wanted)}.`,
    hint: suggestion === undefined ? `There are records of: ${known.join(", ") || "none"}.` : `Did you mean ${suggestion}?`,
  });
}

/** A resource as a list shows it. */
export interface ResourceLine {
  readonly infra: InfraName;
  readonly address: ResourceRecord["address"];
  readonly kind: ResourceRecord["kind"];
  readonly provider: ResourceRecord["provider"];
  readonly status: ResourceRecord["status"];
  readonly runId: ResourceRecord["runId"];
  readonly updatedAt: ResourceRecord["updatedAt"];
}

export const resourceLineShape = {
  infra: infraNameSchema,
  address: addressSchema,
  kind: z.enum(["network", "server", "taskserv"]),
  provider: providerNameSchema,
  status: z.enum(["changing", "ready", "failed"]),
  runId: runIdSchema,
  updatedAt: instantSchema,
};

export function lineOf({ infra, address, kind, provider, status, runId, updatedAt }: ResourceRecord): ResourceLine {
  return { infra, address, kind, provider, status, runId, updatedAt };
}
