/**
 * What a person prefers to see: `output` in the own configuration, or variables. Read before a command starts, so nothing is loaded for those
 * who say nothing about it.
 */

import { readFileSync } from "node:fs";
import { userPaths } from "@provisioning/actions";
import type { OutputFormat } from "./output.js";
import type { ViewSettings } from "./command/view-words.js";

export interface Preferences {
  readonly view: Partial<ViewSettings>;
  readonly format: OutputFormat;
}

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /^PROVISIONING_OUTPUT_/;
const SECTION = /^\s*["'[{]*(?:config\.)?output\b/m;

/** Nothing is said. A configuration that is wrong says nothing either: the command itself will tell. */
export async function readPreferences(environment: Environment, platformRoot: () => string): Promise<Preferences | undefined> {
  const isSaid = Object.keys(environment).some((name) => VARIABLE.test(name)) || mentionsOutput(environment);
  if (!isSaid) return undefined;
  const { loadPreferences } = await import("./load-preferences.js");
  try {
    return await loadPreferences(environment, platformRoot());
  } catch {
    return undefined;
  }
}

function mentionsOutput(environment: Environment): boolean {
  const base = userPaths(environment).configFile.replace(/\.yaml$/, "");
  return [".yaml", ".toml", ".yml", ".k"].some((ending) => {
    try {
      return SECTION.test(readFileSync(`${base}${ending}`, "utf8"));
    } catch {
      return false;
    }
  });
}
