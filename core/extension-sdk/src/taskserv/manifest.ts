/** `manifest.toml` of a taskserv, from the plain object that a TOML parser gives. All findings are returned together. */

import {
  type Diagnostic,
  DiagnosticsError,
  isName,
  type Json,
  type JsonObject,
  type SourcePosition,
  nearest,
} from "@provisioning/model";

/** The specification's eight, and two for what belongs to the server itself. */
export const TASKSERV_CATEGORIES = [
  "container-runtimes",
  "orchestration",
  "networking",
  "storage",
  "databases",
  "observability",
  "security",
  "development",
  "messaging",
  "system",
] as const;
export type TaskservCategory = (typeof TASKSERV_CATEGORIES)[number];

export interface SupportedSystem {
  /** As in /etc/os-release: "debian", "ubuntu". */
  readonly id: string;
  /** All when empty. */
  readonly versions: readonly string[];
}

export interface MinimumResources {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

export interface TaskservManifest {
  readonly name: string;
  readonly version: string;
  readonly category: TaskservCategory;
  readonly description: string;
  /** Names of taskservs that must be on the server (or in the infra) and healthy before. */
  readonly requires: readonly string[];
  /** Used when they are there; then they come before. */
  readonly optionalRequires: readonly string[];
  readonly conflictsWith: readonly string[];
  readonly minimumResources: MinimumResources;
  readonly systems: readonly SupportedSystem[];
  /** Roles of servers in the order they are worked on, for example control before worker. */
  readonly roles: readonly string[];
  /** Its members on several servers form one cluster: configured with each other's addresses, updated one after the other. */
  readonly clustered: boolean;
  /** Fields of its configuration that are secrets: dotted paths, `*` for every item of a list or map. They must be references. */
  readonly secrets: readonly string[];
  /** Runs on the server itself, or as a service on a runtime. */
  readonly type: "host" | "service";
  /** Where newer versions are announced. */
  readonly updateSource: UpdateSource | undefined;
  readonly homepage: string | undefined;
}

/** `apt`: the package's candidate; `github`: releases of owner/name; `url`: a page with versions. */
export interface UpdateSource {
  readonly type: "apt" | "github" | "url";
  readonly location: string;
  /** How far an update may go. Absent: `minor`, within the same major version. */
  readonly strategy?: (typeof STRATEGIES)[number];
}

const STRATEGIES = ["major", "minor", "patch", "none"] as const;

export interface ManifestWhere {
  readonly file: string;
  position?(path: string): SourcePosition | undefined;
}

export function parseTaskservManifest(
  value: Json,
  where: ManifestWhere,
): { readonly manifest?: TaskservManifest; readonly diagnostics: readonly Diagnostic[] } {
  const reader = new ManifestReader(where);
  const top = reader.table(value, "");
  reader.onlyKnown(top, "", KNOWN);
  const name = reader.name(top, "name");
  const manifest: TaskservManifest = {
    name,
    version: reader.text(top, "version", VERSION),
    category: reader.choice(top, "category", TASKSERV_CATEGORIES),
    description: reader.text(top, "description"),
    requires: reader.names(top, "requires"),
    optionalRequires: reader.names(top, "optional_requires"),
    conflictsWith: reader.names(top, "conflicts_with"),
    minimumResources: readResources(reader, top),
    systems: readSystems(reader, top),
    roles: reader.names(top, "roles"),
    clustered: reader.flag(top, "clustered"),
    secrets: reader.texts(top, "secrets"),
    type: top.type === undefined ? "host" : reader.choice(top, "type", ["host", "service"]),
    updateSource: readUpdateSource(reader, top),
    homepage: top.homepage === undefined ? undefined : reader.text(top, "homepage"),
  };
  for (const list of ["requires", "conflicts_with"] as const) {
    if (reader.names(top, list).includes(name)) reader.problem(list, "must not name the taskserv itself.");
  }
  const { diagnostics } = reader;
  return diagnostics.length === 0 ? { manifest, diagnostics } : { diagnostics };
}

/** @throws DiagnosticsError with the code MANIFEST_INVALID */
export function requireTaskservManifest(value: Json, where: ManifestWhere): TaskservManifest {
  const { manifest, diagnostics } = parseTaskservManifest(value, where);
  if (!manifest) throw new DiagnosticsError(diagnostics);
  return manifest;
}

const VERSION = /^\d+(?:\.\d+){0,3}(?:[-+.][0-9A-Za-z.+-]+)?$/;
const KNOWN = [
  "name",
  "version",
  "category",
  "description",
  "requires",
  "optional_requires",
  "conflicts_with",
  "minimum_resources",
  "systems",
  "roles",
  "clustered",
  "secrets",
  "type",
  "update_source",
  "homepage",
];

function readResources(reader: ManifestReader, top: JsonObject): MinimumResources {
  const table = top.minimum_resources === undefined ? {} : reader.table(top.minimum_resources, "minimum_resources");
  reader.onlyKnown(table, "minimum_resources.", ["cpu", "memory_mib", "disk_gib"]);
  return {
    cpu: reader.number(table, "minimum_resources.", "cpu"),
    memoryMiB: reader.number(table, "minimum_resources.", "memory_mib"),
    diskGiB: reader.number(table, "minimum_resources.", "disk_gib"),
  };
}

function readSystems(reader: ManifestReader, top: JsonObject): readonly SupportedSystem[] {
  const systems = top.systems ?? [];
  if (!Array.isArray(systems)) {
    reader.problem("systems", "must be a list of tables, each with id and perhaps versions.");
    return [];
  }
  return systems.map((item: Json, index) => {
    const at = `systems[${index}]`;
    const table = reader.table(item, at);
    reader.onlyKnown(table, `${at}.`, ["id", "versions"]);
    return { id: reader.text(table, "id", /^[a-z0-9._-]+$/, `${at}.`), versions: reader.texts(table, "versions", `${at}.`) };
  });
}

function readUpdateSource(reader: ManifestReader, top: JsonObject): UpdateSource | undefined {
  if (top.update_source === undefined) return undefined;
  const table = reader.table(top.update_source, "update_source");
  reader.onlyKnown(table, "update_source.", ["type", "location", "strategy"]);
  return {
    type: reader.choice(table, "type", ["apt", "github", "url"], "update_source."),
    location: reader.text(table, "location", undefined, "update_source."),
    ...(table.strategy === undefined ? {} : { strategy: reader.choice(table, "strategy", STRATEGIES, "update_source.") }),
  };
}

/** Reads values and collects what is wrong with them; a wrong value reads as an empty one. */
class ManifestReader {
  readonly diagnostics: Diagnostic[] = [];
  constructor(private readonly where: ManifestWhere) {}

  problem(path: string, detail: string): void {
    const position = this.where.position?.(path);
    this.diagnostics.push({
      severity: "error",
      code: "MANIFEST_INVALID",
      summary: `${this.where.file}${path === "" ? "" : `: ${path}`}`,
      detail: path === "" ? `The manifest ${detail}` : `The value of ${path} ${detail}`,
      ...(position === undefined ? {} : { position }),
    });
  }

  table(value: Json, path: string): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    this.problem(path, "must be a table.");
    return {};
  }

  onlyKnown(table: JsonObject, prefix: string, known: readonly string[]): void {
    for (const key of Object.keys(table)) {
      if (known.includes(key)) continue;
      const guess = nearest(key, known);
      this.problem(`${prefix}${key}`, `is not known.${guess ? ` Did you mean ${guess}?` : ""}`);
    }
  }

  text(table: JsonObject, key: string, pattern?: RegExp, prefix = ""): string {
    const value = table[key];
    if (value === undefined) this.problem(`${prefix}${key}`, "is missing.");
    else if (typeof value !== "string" || value.trim() === "") this.problem(`${prefix}${key}`, "must be text.");
    else if (pattern && !pattern.test(value)) this.problem(`${prefix}${key}`, `cannot be ${JSON.stringify(value.slice(0, 60))}.`);
    else return value;
    return "";
  }

  texts(table: JsonObject, key: string, prefix = ""): readonly string[] {
    const value = table[key] ?? [];
    if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
    this.problem(`${prefix}${key}`, "must be a list of texts.");
    return [];
  }

  name(table: JsonObject, key: string): string {
    const value = this.text(table, key);
    if (value !== "" && !isName(value))
      this.problem(key, `${JSON.stringify(value)} must be lower-case letters, digits and inner hyphens.`);
    return value;
  }

  names(table: JsonObject, key: string): readonly string[] {
    const values = this.texts(table, key);
    const bad = values.find((value) => !isName(value));
    if (bad !== undefined) this.problem(key, `holds ${JSON.stringify(bad)}, which is no name.`);
    return values;
  }

  choice<const Options extends readonly [string, ...string[]]>(
    table: JsonObject,
    key: string,
    options: Options,
    prefix = "",
  ): Options[number] {
    const value = this.text(table, key, undefined, prefix);
    if (options.includes(value)) return value;
    const guess = nearest(value, options);
    if (value !== "")
      this.problem(`${prefix}${key}`, `must be one of ${options.join(", ")}.${guess ? ` Did you mean ${guess}?` : ""}`);
    return options[0];
  }

  flag(table: JsonObject, key: string): boolean {
    const value = table[key] ?? false;
    if (typeof value !== "boolean") this.problem(key, "must be true or false.");
    return value === true;
  }

  number(table: JsonObject, prefix: string, key: string): number {
    const value = table[key] ?? 0;
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
    this.problem(`${prefix}${key}`, "must be a number that is not negative.");
    return 0;
  }
}
