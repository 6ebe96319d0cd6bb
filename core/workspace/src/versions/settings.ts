/** What the configuration says about versions, below `versions`: rules for taskservs, mirrors, and how long an answer counts. */

import { join } from "node:path";
import { type Config, type ConfigKeyName, readIfThere } from "@provisioning/config";
import { type Diagnostic, DiagnosticsError, isName } from "@provisioning/model";
import { isConstraint, UPDATE_STRATEGIES, type UpdateStrategy, type VersionRule } from "./choose.js";
import type { VersionMirrors } from "./sources.js";

export interface VersionSettings {
  /** By the name of a taskserv. */
  readonly rules: ReadonlyMap<string, Partial<VersionRule>>;
  /** Of a taskserv for which neither its rule nor its manifest has one. */
  readonly strategy: UpdateStrategy;
  readonly mirrors: VersionMirrors;
  /** An answer counts for so long. */
  readonly graceHours: number;
}

/** `configDir` absent: outside of any workspace. @throws DiagnosticsError VERSIONS_INVALID with everything that is wrong */
export async function readVersionSettings(config: Config, configDir: string | undefined): Promise<VersionSettings> {
  const problems: Diagnostic[] = [];
  const wrong = (key: ConfigKeyName, summary: string): void => {
    const { position } = config.provenance(key);
    problems.push({
      severity: "error",
      code: "VERSIONS_INVALID",
      summary: `${key}: ${summary}`,
      ...(position === undefined ? {} : { position }),
    });
  };
  problems.push(...(await oldFile(configDir)));
  const settings = {
    rules: rulesOf(config, wrong),
    strategy: config.get("versions.strategy"),
    mirrors: mirrorsOf(config, wrong),
    graceHours: config.get("versions.grace_hours"),
  };
  if (problems.length > 0) throw new DiagnosticsError(problems);
  return settings;
}

type Wrong = (key: ConfigKeyName, summary: string) => void;

/** Rules had a file of their own once; left alone it would be taken to hold. */
async function oldFile(configDir: string | undefined): Promise<readonly Diagnostic[]> {
  const file = configDir === undefined ? undefined : join(configDir, "versions.toml");
  if (file === undefined || (await readIfThere(file)) === undefined) return [];
  const summary = `${file} is not read: its settings are keys of the configuration below versions.`;
  return [
    {
      severity: "error",
      code: "VERSIONS_INVALID",
      summary,
      hint: "Move them into config/provisioning.yaml and remove the file.",
    },
  ];
}

function rulesOf(config: Config, wrong: Wrong): VersionSettings["rules"] {
  const rules = new Map<string, Partial<VersionRule>>();
  for (const [name, strategy] of named(config, "versions.strategies", wrong)) {
    if (isStrategy(strategy)) rules.set(name, { strategy });
    else wrong("versions.strategies", `that of ${name} must be one of ${UPDATE_STRATEGIES.join(", ")}.`);
  }
  for (const [name, constraint] of named(config, "versions.constraints", wrong)) {
    if (isConstraint(constraint)) rules.set(name, { ...rules.get(name), constraint });
    else wrong("versions.constraints", `that of ${name} must be a range of versions, such as "^1.2".`);
  }
  return rules;
}

function named(config: Config, key: "versions.strategies" | "versions.constraints", wrong: Wrong): [string, string][] {
  const entries = Object.entries(config.get(key));
  for (const [name] of entries) if (!isName(name)) wrong(key, `${JSON.stringify(name)} is no name of a taskserv.`);
  return entries;
}

function mirrorsOf(config: Config, wrong: Wrong): VersionMirrors {
  const [apt, releases] = [config.get("versions.apt_indexes"), config.get("versions.releases_url")];
  for (const url of apt) if (!isUrl(url)) wrong("versions.apt_indexes", `${JSON.stringify(url)} is no http or https url.`);
  if (!isUrl(releases)) wrong("versions.releases_url", `${JSON.stringify(releases)} is no http or https url.`);
  return { apt, releases, timeoutMs: config.get("versions.timeout_seconds") * 1_000 };
}

function isStrategy(value: string): value is UpdateStrategy {
  return (UPDATE_STRATEGIES as readonly string[]).includes(value);
}

function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}
