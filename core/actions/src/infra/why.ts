/** Why a resource or one of its fields is as it is: who says the value, in which file and line, and what the plan would do about it. */

import {
  type Address,
  type Change,
  type DesiredResource,
  isJsonObject,
  type Json,
  nearest,
  ProvisioningError,
  textOf,
} from "@provisioning/model";
import { changeSchema, jsonSchema, sourcePositionSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type InfraSession, openInfraSession } from "../session.js";
import type { Origin } from "./judge-origins.js";
import { originsOf } from "./origins.js";
import { planSession } from "./plan.js";

export interface WhyInput {
  readonly infra?: string;
  /** An address, maybe with a field: `server.web-01`, `server.web-01.plan`, `taskserv.web-01.nginx.config.port`. */
  readonly subject: string;
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
  text: z.exactOptional(z.string()),
  wins: z.boolean(),
  because: z.string(),
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
      if (field !== undefined) return await whyField(session, resource, field);
      const { plan } = await planSession(session);
      const change = plan.changes.find(({ address }) => address === resource.address);
      const place = resource.position === undefined ? {} : { place: resource.position };
      const origins = [{ source: "the definition", ...place, wins: true, because: "it asks for the resource" }];
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

async function whyField(session: InfraSession, resource: DesiredResource, field: string): Promise<WhyResource> {
  const path = pathOf(resource, field);
  const said = await originsOf(session, resource, path);
  const own = path[0] === "provider" && path.length === 1 ? resource.provider : valueAt(resource.spec, path);
  const value = own ?? said.find(({ wins }) => wins)?.value;
  const isSaid = said.some(({ wins }) => wins);
  const origins = isSaid || value === undefined ? said : [...said, derived(resource, field, value)];
  return { address: resource.address, field, ...(value === undefined ? {} : { value }), origins };
}

/** Nobody wrote it: it follows from something else. */
function derived({ kind, spec, provider }: DesiredResource, field: string, value: Json): Origin {
  const rest = { value, wins: true, because: "nobody else says anything" };
  if (kind === "server" && ["cpu", "memoryMiB", "diskGiB"].includes(field))
    return { source: `the size ${textOf(spec.plan)} of the provider ${provider}`, ...rest };
  return { source: kind === "taskserv" && field === "version" ? "the manifest of the taskserv" : "the platform", ...rest };
}

/** `upstreams[0].port` and `upstreams.0.port` are the same. Names of labels may hold dots. */
function pathOf({ kind }: DesiredResource, field: string): readonly (string | number)[] {
  if (kind === "server" && field.startsWith("labels.")) return ["labels", field.slice("labels.".length)];
  const words = field.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  return words.map((word) => (/^\d+$/.test(word) ? Number(word) : word));
}

function valueAt(spec: Json, path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => {
    if (typeof key === "number") return Array.isArray(at) ? (at[key] as Json | undefined) : undefined;
    return isJsonObject(at) ? at[key] : undefined;
  }, spec);
}
