/** What is asked of a provider, and what it reports back. Plain JSON on both sides: both are stored. */

import type { Json, JsonObject } from "@provisioning/model";
import type { ServerPlanName, ServerSize } from "./capabilities.js";

export type Labels = Readonly<Record<string, string>>;

export interface NetworkSpec {
  readonly name: string;
  /** IPv4 range in CIDR form; the provider chooses when missing. */
  readonly cidr?: string;
  /** Its servers do not reach each other; whoever cannot see to that refuses it. Default: they do. */
  readonly isolated?: boolean;
  readonly labels?: Labels;
}

export interface NetworkAttributes {
  /** The provider's own id. */
  readonly id: string;
  readonly cidr?: string;
  /** Its servers do not reach each other. */
  readonly isolated?: boolean;
  readonly [name: string]: Json | undefined;
}

/** Sizes are filled in from the plan before a provider sees them; a server may override single ones. */
export interface ServerSpec extends ServerSize {
  readonly name: string;
  readonly plan: ServerPlanName;
  /** The provider's default when missing. */
  readonly image?: string;
  /** For example `control` or `worker`. */
  readonly role?: string;
  /** Name of a network of the same infra. */
  readonly network?: string;
  /** An existing machine to take over (a provider for bare metal uses it). */
  readonly address?: string;
  readonly labels?: Labels;
  /** Attributes only this provider knows. */
  readonly options?: JsonObject;
}

export type SshAddress = {
  readonly host: string;
  readonly port: number;
};

/** Everything a connection to the server needs is in here; nothing is guessed later. */
export interface ServerAttributes {
  /** The provider's own id. */
  readonly id: string;
  readonly addresses: { readonly ssh: SshAddress; readonly private?: string; readonly public?: string };
  /** Pinned host keys as `ssh-keyscan` writes them without the host: "ssh-ed25519 AAAA…". At least one. */
  readonly hostKeys: readonly string[];
  readonly user: string;
  /** Path of the private key to log in with, within the provider's data directory. */
  readonly identityFile?: string;
  readonly [name: string]: Json | undefined;
}
