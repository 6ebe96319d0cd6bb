/**
 * How we know again what we made: labels on every container, network and volume, and names that hold workspace and infra.
 * What lacks our labels is foreign and is never touched.
 *
 * A workspace is told apart by an id that is made from its name and a random value in its data directory, so that two workspaces of
 * the same name on one machine never meet. Names are joined with dots, which names themselves cannot hold.
 */

import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Address, canonicalJson, type InfraName, type Json, type WorkspaceName } from "@provisioning/model";
import { readOrMakeOnce } from "./once-file.js";

export const LABEL = {
  workspace: "provisioning.workspace",
  workspaceId: "provisioning.workspace-id",
  infra: "provisioning.infra",
  address: "provisioning.address",
  /** Digest of the spec that it was made from. */
  spec: "provisioning.spec",
  /** Idempotency key of the operation that made it. */
  key: "provisioning.key",
  /** A server's private address: reserved even while it is stopped. */
  privateAddress: "provisioning.private-address",
  /** The image as it was asked for: Podman reports it under a longer name. */
  image: "provisioning.image",
  /** A network nobody asked for by name; it goes with its last server. */
  implicit: "provisioning.implicit",
} as const;

/** Whose resources a call is about. */
export interface Owner {
  readonly workspace: WorkspaceName;
  /** 8 hexadecimal digits. */
  readonly workspaceId: string;
  readonly infra: InfraName;
}

export async function ownerOf(dataDir: string, workspace: WorkspaceName, infra: InfraName): Promise<Owner> {
  const seed = await readOrMakeOnce(join(dataDir, "workspace-seed"), () => randomBytes(16).toString("hex"));
  return { workspace, workspaceId: workspaceIdFrom(seed, workspace), infra };
}

function workspaceIdFrom(seed: string, workspace: WorkspaceName): string {
  return createHash("sha256").update(`${seed}\0${workspace}`).digest("hex").slice(0, 8);
}

/** Name of a container or a network: `3f2a90bc.shop.db-01`. */
export function resourceName(owner: Owner, name: string): string {
  return `${owner.workspaceId}.${owner.infra}.${name}`;
}

export function ownershipLabels(owner: Owner, address: Address): Record<string, string> {
  return {
    [LABEL.workspace]: owner.workspace,
    [LABEL.workspaceId]: owner.workspaceId,
    [LABEL.infra]: owner.infra,
    [LABEL.address]: address,
  };
}

/** Value of the engine's `filters` parameter: everything of this infra. */
export function infraFilter(owner: Owner): string {
  return JSON.stringify({ label: [`${LABEL.workspaceId}=${owner.workspaceId}`, `${LABEL.infra}=${owner.infra}`] });
}

export function isOurs(labels: Readonly<Record<string, string>> | null | undefined, owner: Owner, address: Address): boolean {
  return (
    labels?.[LABEL.workspaceId] === owner.workspaceId && labels[LABEL.infra] === owner.infra && labels[LABEL.address] === address
  );
}

/** For a person who has to decide what to do about a foreign thing. */
export function foreignDetail(kind: string, name: string, labels: Readonly<Record<string, string>> | null | undefined): string {
  const workspace = labels?.[LABEL.workspace];
  return `the ${kind} ${name} ${workspace === undefined ? "carries no label of this tool" : `belongs to workspace ${workspace}`}.`;
}

export function specDigest(spec: object): string {
  return createHash("sha256")
    .update(canonicalJson(JSON.parse(JSON.stringify(spec)) as Json))
    .digest("hex")
    .slice(0, 16);
}
