/** What a provider declares about itself. Declared, never probed, so that plans can be made without touching anything. */

/** The abstract sizes users write; every provider translates all of them. */
export const SERVER_PLANS = ["small", "medium", "large", "xlarge"] as const;
export type ServerPlanName = (typeof SERVER_PLANS)[number];

export interface ServerSize {
  /** Cores; fractions are allowed where the provider can. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

export interface ServerPlan extends ServerSize {
  /** The provider's own name for this size (an instance type), when it has one. */
  readonly nativeName?: string;
}

export interface ProviderLimits {
  /** Calls a second to the provider's API. */
  readonly rate: number;
  /** Servers worked on at the same time. */
  readonly batchSize: number;
}

/** How the servers that a provider makes are connected. */
export interface NetworkNeeds {
  /** Without, servers get no network of ours. */
  readonly isRequired: boolean;
  /** Servers wait until it is there, and it is removed after them. */
  readonly isBeforeServers: boolean;
  /** All servers of an infra are in one, else each has its own. */
  readonly isShared: boolean;
  /** Servers in one network reach each other, else each is closed to the others. */
  readonly isOpen: boolean;
}

export interface ProviderCapabilities {
  readonly plans: Readonly<Record<ServerPlanName, ServerPlan>>;
  readonly limits: ProviderLimits;
  /** Absent: one network for all servers of an infra, made before them. */
  readonly network?: NetworkNeeds;
  /** Names of images a server can start from; the first is the default. Other names are passed on as they are. */
  readonly images: readonly string[];
}
