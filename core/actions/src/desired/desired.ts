/**
 * From the settings a user wrote to the desired state of an infra: every server with its size, every taskserv with all that it
 * requires, in an order that respects dependencies. Pure. All findings are collected; with an error nothing must be touched.
 */

import { resolve } from "node:path";
import type { NetworkNeeds, ServerPlan, TaskservManifest } from "@provisioning/extension-sdk";
import {
  type Address,
  type DesiredResource,
  type Diagnostic,
  type InfraName,
  type Json,
  type JsonObject,
  nearest,
  networkAddress,
  type ProviderName,
  type ServerName,
  serverAddress,
  type TaskservName,
  taskservAddress,
  taskservName,
  textOf,
} from "@provisioning/model";
import { resolveRequirements } from "@provisioning/planner";
import type { InfraSettings, ServerSettings } from "@provisioning/workspace";
import type { ConfiguredTaskserv } from "./configured-taskservs.js";
import { describeRequirementFinding } from "./finding.js";
import { mergeObjects, type Placement, requestsFor } from "./placement.js";

export interface DesiredInfra {
  readonly name: InfraName;
  readonly resources: readonly DesiredResource[];
  readonly placements: ReadonlyMap<Address, Placement>;
  /** Servers in the order of the definition. */
  readonly servers: readonly DesiredServer[];
}

export interface DesiredServer {
  readonly name: ServerName;
  readonly address: Address;
  readonly provider: ProviderName;
  readonly role?: string;
  readonly plan: string;
  readonly protect: boolean;
  /** In installation order. */
  readonly taskservs: readonly TaskservName[];
}

export interface DesiredOptions {
  readonly defaultProvider: ProviderName;
  readonly defaultPlan: string;
  /** Overrides the provider of every server that is to be made; existing machines stay with theirs. */
  readonly providerOverride?: ProviderName;
  /** Overrides the size of every server. */
  readonly planOverride?: string;
  /** Of every server; its own win. */
  readonly defaultLabels?: Readonly<Record<string, string>>;
  readonly image: string;
  /** Relative paths in the definition start here. */
  readonly workspaceDir: string;
  readonly catalog: ReadonlyMap<TaskservName, TaskservManifest>;
  /** What the configuration says about taskservs, by name; what the definition says wins. */
  readonly configured?: ReadonlyMap<string, ConfiguredTaskserv>;
  /** Sizes per provider; a provider that is not in here does not exist. */
  readonly plans: ReadonlyMap<ProviderName, Readonly<Record<string, ServerPlan>>>;
  /** All that exist, whether they are used or not; for hints. Default: those with sizes. */
  readonly knownProviders?: readonly string[];
  /** How servers are connected, by provider. Where it is not said: all in one network, which is made before them. */
  readonly networks?: ReadonlyMap<ProviderName, NetworkNeeds>;
}

export interface DesiredResult {
  readonly desired: DesiredInfra;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a server is connected to. */
interface ServerNetwork {
  readonly address: Address;
  readonly name: string;
  /** Its servers do not reach each other. */
  readonly isolated?: boolean;
  readonly isBefore: boolean;
}

export function buildDesired(settings: InfraSettings, options: DesiredOptions): DesiredResult {
  const builder = new DesiredBuilder(settings, options);
  return builder.build();
}

class DesiredBuilder {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly resources: DesiredResource[] = [];
  private readonly placements = new Map<Address, Placement>();
  private readonly servers: DesiredServer[] = [];

  constructor(
    private readonly settings: InfraSettings,
    private readonly options: DesiredOptions,
  ) {}

  build(): DesiredResult {
    this.addNetworks();
    for (const server of this.settings.servers) this.addServer(server);
    this.checkRestrictions();
    return {
      desired: { name: this.settings.name, resources: this.resources, placements: this.placements, servers: this.servers },
      diagnostics: deduplicate(this.diagnostics),
    };
  }

  /** One network per provider, for the servers that it makes, or one for each of these. */
  private addNetworks(): void {
    const networks = new Map<Address, DesiredResource>();
    for (const server of this.settings.servers) {
      const network = this.networkOf(server);
      if (network === undefined) continue;
      const { address, name, isolated } = network;
      const spec = { name, ...(isolated === true ? { isolated } : {}) };
      networks.set(address, { address, kind: "network", provider: this.providerOf(server), spec, dependsOn: [] });
    }
    this.resources.push(...networks.values());
  }

  private networkOf(server: ServerSettings): ServerNetwork | undefined {
    if (server.host !== undefined) return undefined;
    const provider = this.providerOf(server);
    const needs = this.options.networks?.get(provider);
    if (needs?.isRequired === false) return undefined;
    const isBefore = needs?.isBeforeServers ?? true;
    return needs?.isShared === false
      ? { address: networkAddress(`${provider}-${server.name}`), name: `${this.settings.name}-${server.name}`, isBefore }
      : { address: networkAddress(provider), name: this.settings.name, isBefore, isolated: needs?.isOpen === false };
  }

  private addServer(server: ServerSettings): void {
    const provider = this.providerOf(server);
    const plan = this.options.planOverride ?? server.plan ?? this.options.defaultPlan;
    const size = this.sizeOf(server, provider, plan);
    if (size === undefined) return;
    const address = serverAddress(server.name);
    const network = this.networkOf(server);
    this.resources.push({
      address,
      kind: "server",
      provider,
      spec: this.serverSpec(server, plan, size, network),
      dependsOn: network?.isBefore === true ? [network.address] : [],
      ...(server.position === undefined ? {} : { position: server.position }),
      fieldPositions: server.positions,
    });
    const taskservs = this.addTaskservs(server, provider, size);
    this.servers.push({
      name: server.name,
      address,
      provider,
      plan,
      protect: server.protect,
      taskservs,
      ...(server.role === undefined ? {} : { role: server.role }),
    });
  }

  private serverSpec(server: ServerSettings, plan: string, size: ServerPlan, network: ServerNetwork | undefined): JsonObject {
    const spec: Record<string, Json> = {
      name: server.name,
      plan,
      cpu: size.cpu,
      memoryMiB: size.memoryMiB,
      diskGiB: size.diskGiB,
      labels: { ...this.options.defaultLabels, ...server.labels },
    };
    if (server.role !== undefined) spec.role = server.role;
    // Recorded too: it must hold when the server is no longer in the definition.
    if (server.protect) spec.protect = true;
    if (server.host === undefined) {
      spec.image = this.options.image;
      if (network !== undefined) spec.network = network.name;
    } else {
      const { address, ...access } = server.host;
      spec.address = address ?? null;
      spec.options = { ...access, key_file: resolve(this.options.workspaceDir, textOf(access.key_file)) };
    }
    return spec;
  }

  private addTaskservs(server: ServerSettings, provider: ProviderName, size: ServerPlan): readonly TaskservName[] {
    const requests = requestsFor(this.settings, server);
    const requirements = new Map([...this.options.catalog].map(([name, manifest]) => [name, requirementsOf(manifest)]));
    const resolved = resolveRequirements([...requests.keys()], requirements);
    for (const finding of resolved.findings) {
      const subject =
        finding.type === "cycle"
          ? finding.path[0]
          : finding.type === "unknown"
            ? (finding.neededBy ?? finding.taskserv)
            : finding.taskserv;
      const position = subject === undefined ? server.position : (requests.get(subject)?.position ?? server.position);
      this.diagnostics.push(describeRequirementFinding(finding, server.name, position, this.options.catalog.keys()));
    }
    for (const taskserv of resolved.order) {
      const manifest = this.options.catalog.get(taskserv);
      if (manifest === undefined) continue;
      const request = requests.get(taskserv);
      const requiredBy = resolved.requiredBy.get(taskserv);
      const configured = this.options.configured?.get(taskserv);
      this.checkResources(server, manifest, size);
      const address = taskservAddress(server.name, taskserv);
      const position = request?.position ?? server.position;
      const placement: Placement = {
        server: server.name,
        taskserv,
        config: mergeObjects(configured?.config ?? {}, request?.config ?? {}),
        requires: manifest.requires.map(taskservName),
        positions: { ...configured?.positions, ...request?.positions },
        ...(requiredBy === undefined ? {} : { requiredBy }),
        ...(position === undefined ? {} : { position }),
      };
      this.placements.set(address, placement);
      this.resources.push(taskservResource(address, placement, manifest, provider));
    }
    return resolved.order;
  }

  private checkResources(server: ServerSettings, manifest: TaskservManifest, size: ServerPlan): void {
    const needed = manifest.minimumResources;
    const lacks = [
      [needed.cpu, size.cpu, "CPUs"],
      [needed.memoryMiB, size.memoryMiB, "MiB of memory"],
      [needed.diskGiB, size.diskGiB, "GiB of disk"],
    ] as const;
    const missing = lacks
      .filter(([want, has]) => want !== undefined && want > has)
      .map(([want, has, unit]) => `${want} ${unit} (it has ${has})`);
    if (missing.length === 0) return;
    this.diagnostics.push({
      severity: "error",
      code: "SERVER_TOO_SMALL",
      summary: `${server.name} is too small for ${manifest.name}, which needs ${missing.join(" and ")}.`,
      hint: "Give the server a larger plan.",
      ...placed(server.positions.plan ?? server.position),
    });
  }

  private sizeOf(server: ServerSettings, provider: ProviderName, plan: string): ServerPlan | undefined {
    const plans = this.options.plans.get(provider);
    if (plans === undefined) {
      const known = this.options.knownProviders ?? [...this.options.plans.keys()];
      this.diagnostics.push({
        severity: "error",
        code: "PROVIDER_UNKNOWN",
        summary: `There is no provider ${provider}.`,
        hint: `Known providers: ${known.join(", ")}.`,
        ...placed(server.positions.provider ?? server.position),
      });
      return undefined;
    }
    const size = plans[plan];
    if (size !== undefined) return size;
    this.diagnostics.push({
      severity: "error",
      code: "PLAN_UNKNOWN",
      summary: `The provider ${provider} has no plan ${plan}.`,
      hint: `Its plans: ${Object.keys(plans).join(", ")}.`,
      ...placed(server.positions.plan ?? server.position),
    });
    return undefined;
  }

  /** A taskserv restricted to servers or roles that do not exist would silently go nowhere. */
  private checkRestrictions(): void {
    const names = this.settings.servers.map((server) => server.name);
    const roles = this.settings.servers.flatMap((server) => (server.role === undefined ? [] : [server.role]));
    for (const request of this.settings.taskservs) {
      for (const name of request.servers.filter((item) => !names.includes(item)))
        this.unplaced(request.name, "server", name, names, request.position);
      for (const role of request.roles.filter((item) => !roles.includes(item)))
        this.unplaced(request.name, "role", role, roles, request.position);
    }
  }

  private unplaced(
    taskserv: string,
    what: string,
    name: string,
    known: readonly string[],
    position: Diagnostic["position"],
  ): void {
    const suggestion = nearest(name, known);
    this.diagnostics.push({
      severity: "error",
      code: "PLACEMENT_UNKNOWN",
      summary: `${taskserv} is to go to the ${what} ${name}, which this infra does not have.`,
      ...(suggestion === undefined ? {} : { hint: `Did you mean ${suggestion}?` }),
      ...placed(position),
    });
  }

  private providerOf(server: ServerSettings): ProviderName {
    return providerOf(server, this.settings, this.options);
  }
}

/** Who makes a server: what was asked for on the command line, then the definition, then the configuration. */
export function providerOf(
  server: ServerSettings,
  { provider }: InfraSettings,
  { providerOverride, defaultProvider }: Pick<DesiredOptions, "providerOverride" | "defaultProvider">,
): ProviderName {
  const asked = server.host === undefined ? providerOverride : undefined;
  return asked ?? server.provider ?? provider ?? defaultProvider;
}

function taskservResource(
  address: Address,
  placement: Placement,
  manifest: TaskservManifest,
  provider: ProviderName,
): DesiredResource {
  const required = placement.requires.map((name) => taskservAddress(placement.server, name));
  const fieldPositions = Object.fromEntries(
    Object.entries(placement.positions).map(([path, position]) => [`config.${path}`, position]),
  );
  return {
    address,
    kind: "taskserv",
    provider,
    spec: { version: manifest.version, config: placement.config },
    dependsOn: [serverAddress(placement.server), ...required],
    fieldPositions,
    ...(placement.position === undefined ? {} : { position: placement.position }),
  };
}

function requirementsOf(manifest: TaskservManifest) {
  return { requires: manifest.requires.map(taskservName), conflictsWith: manifest.conflictsWith.map(taskservName) };
}

function placed(position: Diagnostic["position"]): Pick<Diagnostic, "position"> {
  return position === undefined ? {} : { position };
}

/** The same finding for every server of a list is told once. */
function deduplicate(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((diagnostic) => {
    const key = JSON.stringify([diagnostic.code, diagnostic.summary, diagnostic.position]);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
