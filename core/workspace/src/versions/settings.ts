/** What a workspace says about versions in `config/versions.toml`: rules for taskservs, mirrors, and how long an answer counts. */

import { join } from "node:path";
import { readIfThere } from "@provisioning/config";
import { type Diagnostic, DiagnosticsError, isJsonObject, isName, type Json, type JsonObject, textOf } from "@provisioning/model";
import { isConstraint, UPDATE_STRATEGIES, type UpdateStrategy, type VersionRule } from "./choose.js";
import type { VersionMirrors } from "./sources.js";

export interface VersionSettings {
  /** By the name of a taskserv. */
  readonly rules: ReadonlyMap<string, Partial<VersionRule>>;
  readonly mirrors: VersionMirrors;
  /** An answer counts for so long. */
  readonly graceHours: number;
}

const DEFAULTS: VersionSettings = {
  rules: new Map(),
  mirrors: {
    apt: ["https://deb.debian.org/debian/dists/bookworm/main/binary-amd64/Packages.gz"],
    releases: "https://api.github.com",
  },
  graceHours: 24,
};

/** `configDir` absent: outside of any workspace. @throws DiagnosticsError VERSIONS_INVALID */
export async function readVersionSettings(configDir: string | undefined): Promise<VersionSettings> {
  if (configDir === undefined) return DEFAULTS;
  const file = join(configDir, "versions.toml");
  const text = await readIfThere(file);
  if (text === undefined) return DEFAULTS;
  const problems: Diagnostic[] = [];
  const wrong = (summary: string): void =>
    void problems.push({ severity: "error", code: "VERSIONS_INVALID", summary: `${file}: ${summary}` });
  const top = await parse(text, wrong);
  const settings = read(top, wrong);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return settings;
}

async function parse(text: string, wrong: (summary: string) => void): Promise<JsonObject> {
  const { parse: parseToml } = await import("smol-toml");
  try {
    return parseToml(text) as unknown as JsonObject;
  } catch (error) {
    wrong((error as Error).message.split("\n")[0] as string);
    return {};
  }
}

function read(top: JsonObject, wrong: (summary: string) => void): VersionSettings {
  for (const key of Object.keys(top)) if (!["sources", "taskservs", "grace_hours"].includes(key)) wrong(`${key} is not known.`);
  const { sources = {}, taskservs = {}, grace_hours: graceHours = DEFAULTS.graceHours } = top;
  if (typeof graceHours !== "number" || graceHours < 0) wrong("grace_hours must be a number of hours.");
  return {
    rules: isJsonObject(taskservs) ? readRules(taskservs, wrong) : (wrong("taskservs must be a table."), new Map()),
    mirrors: isJsonObject(sources) ? readMirrors(sources, wrong) : (wrong("sources must be a table."), DEFAULTS.mirrors),
    graceHours: Number(graceHours),
  };
}

function readRules(taskservs: JsonObject, wrong: (summary: string) => void): Map<string, Partial<VersionRule>> {
  const rules = new Map<string, Partial<VersionRule>>();
  for (const [name, value] of Object.entries(taskservs)) {
    const { strategy, constraint, ...others } = isJsonObject(value) ? value : { strategy: value };
    if (!isName(name)) wrong(`taskservs.${name} is no name of a taskserv.`);
    for (const key of Object.keys(others)) wrong(`taskservs.${name}.${key} is not known.`);
    if (strategy !== undefined && !isStrategy(strategy))
      wrong(`taskservs.${name}.strategy must be one of ${UPDATE_STRATEGIES.join(", ")}.`);
    if (constraint !== undefined && !(typeof constraint === "string" && isConstraint(constraint)))
      wrong(`taskservs.${name}.constraint must be a range of versions, such as "^1.2".`);
    rules.set(name, {
      ...(isStrategy(strategy) ? { strategy } : {}),
      ...(typeof constraint === "string" ? { constraint } : {}),
    });
  }
  return rules;
}

function readMirrors(sources: JsonObject, wrong: (summary: string) => void): VersionMirrors {
  const { apt = [...DEFAULTS.mirrors.apt], releases = DEFAULTS.mirrors.releases, ...others } = sources;
  for (const key of Object.keys(others)) wrong(`sources.${key} is not known.`);
  const urls = Array.isArray(apt) ? (apt as readonly Json[]) : [apt];
  for (const url of [...urls, releases]) if (!isUrl(url)) wrong(`sources: ${JSON.stringify(url)} is no http or https url.`);
  return { apt: urls.map(textOf), releases: textOf(releases) };
}

function isStrategy(value: Json | undefined): value is UpdateStrategy {
  return (UPDATE_STRATEGIES as readonly unknown[]).includes(value);
}

function isUrl(value: Json): boolean {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}
