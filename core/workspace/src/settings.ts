/** The settings of an infra as plain data, every value with the place where the user wrote it. */

import {
  type Diagnostic,
  type InfraName,
  infraName,
  isJsonObject,
  type Json,
  type JsonObject,
  ProvisioningError,
  type ProviderName,
  providerName,
  type ServerName,
  type SourcePosition,
  serverName,
  type TaskservName,
  taskservName,
  textOf,
} from "@provisioning/model";

export interface InfraSettings {
  readonly name: InfraName;
  /** Absent: the configuration's default. */
  readonly provider?: ProviderName;
  readonly servers: readonly ServerSettings[];
  readonly taskservs: readonly TaskservRequest[];
}

export interface ServerSettings {
  readonly name: ServerName;
  readonly plan?: string;
  readonly provider?: ProviderName;
  readonly role?: string;
  readonly taskservs: readonly TaskservRequest[];
  readonly labels: Readonly<Record<string, string>>;
  readonly protect: boolean;
  readonly host?: JsonObject;
  readonly position?: SourcePosition;
  /** By path within the server: `plan`, `host.port`. */
  readonly positions: Readonly<Record<string, SourcePosition>>;
}

export interface TaskservRequest {
  readonly name: TaskservName;
  /** Empty: no restriction. */
  readonly servers: readonly ServerName[];
  readonly roles: readonly string[];
  /** May hold secret references, never secret values. */
  readonly config: JsonObject;
  readonly position?: SourcePosition;
  /** By dotted path within the config: `port`, `listen.address`. */
  readonly positions: Readonly<Record<string, SourcePosition>>;
}

/** Where a value came from, by its path from the top: `["settings", "servers", 0, "plan"]`. */
export type PositionLookup = (path: readonly (string | number)[]) => SourcePosition | undefined;

/** A finding stops the reading of what it is about; `settings` holds the rest. */
export interface ReadSettings {
  readonly settings: InfraSettings | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the variable `settings` of an evaluated infra. Its shape is the KCL schema `provisioning.settings.Settings`. */
export function readSettings(value: Json | undefined, positionOf: PositionLookup): ReadSettings {
  const reader = new SettingsReader(positionOf);
  return { settings: reader.settings(value), diagnostics: reader.diagnostics };
}

type Path = readonly (string | number)[];

class SettingsReader {
  readonly diagnostics: Diagnostic[] = [];

  constructor(private readonly positionOf: PositionLookup) {}

  settings(value: Json | undefined): InfraSettings | undefined {
    if (!isJsonObject(value) || !isJsonObject(value.infra)) {
      this.report(
        ["settings"],
        "The file defines no settings.",
        "Write: settings: cfg.Settings = { infra = {name = …}, servers = […] }",
      );
      return undefined;
    }
    const infra = value.infra;
    const name = this.named(infraName, infra.name, ["settings", "infra", "name"]);
    const provider =
      infra.provider == null ? undefined : this.named(providerName, infra.provider, ["settings", "infra", "provider"]);
    if (name === undefined) return undefined;
    return {
      name,
      ...(provider === undefined ? {} : { provider }),
      servers: this.list(value.servers, ["settings", "servers"], (item, path) => this.server(item, path)),
      taskservs: this.list(value.taskservs, ["settings", "taskservs"], (item, path) => this.taskserv(item, path)),
    };
  }

  private server(value: Json, path: Path): ServerSettings | undefined {
    if (!isJsonObject(value)) return this.report(path, "A server must be a map with a name.");
    const name = this.named(serverName, value.name, [...path, "name"]);
    const provider = value.provider == null ? undefined : this.named(providerName, value.provider, [...path, "provider"]);
    if (name === undefined) return undefined;
    const position = this.positionOf(path) ?? this.positionOf([...path, "name"]);
    return {
      name,
      taskservs: this.list(value.taskservs, [...path, "taskservs"], (item, at) => this.taskserv(item, at)),
      labels: isJsonObject(value.labels) ? (value.labels as Record<string, string>) : {},
      protect: value.protect === true,
      positions: this.positionsWithin(value, path),
      ...(typeof value.plan === "string" ? { plan: value.plan } : {}),
      ...(typeof value.role === "string" ? { role: value.role } : {}),
      ...(provider === undefined ? {} : { provider }),
      ...(isJsonObject(value.host) ? { host: value.host } : {}),
      ...(position === undefined ? {} : { position }),
    };
  }

  private taskserv(value: Json, path: Path): TaskservRequest | undefined {
    const request: JsonObject = typeof value === "string" ? { name: value } : isJsonObject(value) ? value : {};
    const name = this.named(taskservName, request.name, typeof value === "string" ? path : [...path, "name"]);
    if (name === undefined) return undefined;
    const config = isJsonObject(request.config) ? request.config : {};
    const position = this.positionOf(path) ?? this.positionOf([...path, "name"]);
    return {
      name,
      servers: this.list(request.servers, [...path, "servers"], (item, at) => this.named(serverName, item, at)),
      roles: this.list(request.roles, [...path, "roles"], textOf),
      config,
      positions: this.positionsWithin(config, [...path, "config"]),
      ...(position === undefined ? {} : { position }),
    };
  }

  private list<T>(value: Json | undefined, path: Path, read: (item: Json, path: Path) => T | undefined): T[] {
    if (value == null) return [];
    if (!Array.isArray(value)) {
      this.report(path, `${path.at(-1)} must be a list.`);
      return [];
    }
    return value.map((item: Json, index) => read(item, [...path, index])).filter((item) => item !== undefined);
  }

  private named<T>(parse: (value: string) => T, value: Json | undefined, path: Path): T | undefined {
    try {
      return parse(typeof value === "string" ? value : "");
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      return this.report(path, error.message, error.hint);
    }
  }

  private positionsWithin(value: JsonObject, path: Path, prefix = ""): Record<string, SourcePosition> {
    const positions: Record<string, SourcePosition> = {};
    for (const [key, item] of Object.entries(value)) {
      const at = prefix === "" ? key : `${prefix}.${key}`;
      const position = this.positionOf([...path, key]);
      if (position !== undefined) positions[at] = position;
      if (isJsonObject(item)) Object.assign(positions, this.positionsWithin(item, [...path, key], at));
    }
    return positions;
  }

  private report(path: Path, summary: string, hint?: string): undefined {
    const position = this.positionOf(path);
    this.diagnostics.push({
      severity: "error",
      code: "INFRA_INVALID",
      summary,
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position }),
    });
    return undefined;
  }
}
