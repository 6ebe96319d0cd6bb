/** Why a resource or one of its fields is as it is: who says the value, in which file and line, and what the plan would do about it. */

import { CONFIG_KEY_NAMES, type ConfigKeyName } from "@provisioning/config";
import {
  type Address,
  type Change,
  type DesiredResource,
  isJsonObject,
  type Json,
  nearest,
  ProvisioningError,
  type SourcePosition,
  textOf,
} from "@provisioning/model";
import { changeSchema, jsonSchema, sourcePositionSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { explainConfig } from "../config/explain.js";
import type { ActionContext } from "../context.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { planSession } from "./plan.js";

export interface WhyInput {
  readonly infra?: string;
  /** An address, maybe with a field: `server.web-01`, `server.web-01.plan`, `taskserv.web-01.nginx.config.port`. */
  readonly subject: string;
}

/** One who says something about the value, or could have. */
export interface Origin {
  readonly source: string;
  readonly place?: SourcePosition;
  readonly value?: Json;
  readonly wins: boolean;
}

export interface WhyResource {
  readonly address: Address;
  readonly field?: string;
  /** Absent: nobody says anything. */
  readonly value?: Json;
  /** The strongest first. */
  readonly origins: readonly Origin[];
  /** What the plan would do with the resource, and why. Looking at one field alone looks at no server. */
  readonly change?: Change;
}

const originSchema: z.ZodMiniType<Origin> = z.strictObject({
  source: z.string(),
  place: z.exactOptional(sourcePositionSchema),
  value: z.exactOptional(jsonSchema),
  wins: z.boolean(),
});

export const whyOfInfra = defineAction<WhyInput, WhyResource>({
  name: "infra.why",
  cedar: { action: "whyOfInfra", resource: "Infra" },
  effect: "read",
  summary: "Tells why a resource or one of its fields is as it is.",
  input: z.strictObject({ infra: z.exactOptional(z.string()), subject: z.string() }),
  output: z.strictObject({
    address: z.string() as unknown as z.ZodMiniType<Address>,
    field: z.exactOptional(z.string()),
    value: z.exactOptional(jsonSchema),
    origins: z.array(originSchema),
    change: z.exactOptional(changeSchema),
  }),
  async run(context, { subject, ...input }) {
    const session = await openInfraSession(context, { ...input, mode: "read", definition: "use" });
    try {
      const { resource, field } = findSubject(session, subject);
      if (field !== undefined) return await whyField(context, session, resource, field);
      const { plan } = await planSession(session);
      const change = plan.changes.find(({ address }) => address === resource.address);
      const place = resource.position === undefined ? {} : { place: resource.position };
      const origins = [{ source: "the definition", ...place, wins: true }];
      return { address: resource.address, origins, ...(change === undefined ? {} : { change }) };
    } finally {
      await session.close();
    }
  },
});

interface Subject {
  readonly resource: DesiredResource;
  readonly field?: string;
}

/** @throws ProvisioningError `TARGET_UNKNOWN` */
function findSubject(session: InfraSession, subject: string): Subject {
  const { resources } = session.desired;
  const found = resources
    .filter(({ address }) => subject === address || subject.startsWith(`${address}.`))
    .sort((left, right) => right.address.length - left.address.length)[0];
  if (found === undefined) {
    const meant = nearest(
      subject,
      resources.map(({ address }) => address),
    );
    throw new ProvisioningError({
      code: "TARGET_UNKNOWN",
      message: `${session.infra} has no ${JSON.stringify(subject)}.`,
      hint: meant === undefined ? "See what there is with: provisioning plan --tree" : `Did you mean ${meant}?`,
    });
  }
  return subject === found.address ? { resource: found } : { resource: found, field: subject.slice(found.address.length + 1) };
}

async function whyField(
  context: ActionContext,
  session: InfraSession,
  resource: DesiredResource,
  field: string,
): Promise<WhyResource> {
  const value = valueAt(resource.spec, field);
  const written = session.desired.resources.length === 0 ? undefined : resource.fieldPositions?.[field];
  const settings = await fromConfiguration(context, session, resource, field);
  const isForced = settings.some(({ source, wins }) => source === "flags" && wins);
  const said: Origin[] = [
    ...(isForced ? settings.filter(({ source }) => source === "flags") : []),
    ...(written === undefined
      ? []
      : [{ source: "the definition", place: written, wins: !isForced, ...(value === undefined ? {} : { value }) }]),
    ...settings
      .filter(({ source }) => !isForced || source !== "flags")
      .map((origin) => ({ ...origin, wins: origin.wins && written === undefined })),
  ];
  const origins = said.some(({ wins }) => wins) || value === undefined ? said : [...said, derived(resource, field, value)];
  return { address: resource.address, field, ...(value === undefined ? {} : { value }), origins };
}

/** Fields that have a value from the configuration when the definition says nothing. */
const FROM_CONFIGURATION: Readonly<Record<string, ConfigKeyName>> = {
  plan: "servers.default_plan",
  image: "local.image",
};

async function fromConfiguration(
  context: ActionContext,
  { infra }: InfraSession,
  { kind }: DesiredResource,
  field: string,
): Promise<Origin[]> {
  const key = kind === "server" ? FROM_CONFIGURATION[field] : undefined;
  if (key === undefined || !CONFIG_KEY_NAMES.includes(key)) return [];
  const { layers } = await explainConfig.run(context, { key, infra });
  return layers.toReversed().flatMap(({ layer, file, line, column, value, wins }) => {
    if (value === undefined) return [];
    const place = file === undefined || line === undefined ? {} : { place: { file, line, column: column ?? 1 } };
    return [{ source: layer, ...place, value, wins }];
  });
}

/** Nobody wrote it: it follows from something else. */
function derived({ kind, spec, provider }: DesiredResource, field: string, value: Json): Origin {
  if (kind === "server" && ["cpu", "memoryMiB", "diskGiB"].includes(field))
    return { source: `the size ${textOf(spec.plan)} of the provider ${provider}`, value, wins: true };
  if (kind === "taskserv" && field.startsWith("config."))
    return { source: "the default of the taskserv's schema", value, wins: true };
  return {
    source: kind === "taskserv" && field === "version" ? "the manifest of the taskserv" : "the platform",
    value,
    wins: true,
  };
}

function valueAt(spec: Json, field: string): Json | undefined {
  return field.split(".").reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), spec);
}
