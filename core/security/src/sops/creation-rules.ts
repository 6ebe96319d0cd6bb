/** `.sops.yaml`: for whom a new file is encrypted, and which of its values are. The file next to it or above it counts; its first rule that fits wins. */

import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import { parse } from "yaml";
import { SopsMetadataError, SopsRecipientError, SopsSyntaxError, SopsUnsupportedError } from "./errors.js";
import { ruleOf } from "./metadata.js";
import type { Protection } from "./sops-file.js";

const RULES_FILE = ".sops.yaml";
/** Keys of a rule that ask for what is not here. */
const UNSUPPORTED = ["key_groups", "shamir_threshold", "unencrypted_comment_regex", "encrypted_comment_regex"] as const;

/** `file`: absolute. Absent: nothing is said. @throws SopsSyntaxError, SopsUnsupportedError, SopsRecipientError when rules are there and none fits */
export async function protectionFor(file: string): Promise<Protection | undefined> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const rulesFile = join(folder, RULES_FILE);
    const text = await readFile(rulesFile, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw error;
    });
    if (text !== undefined) return protectionIn(rulesFile, text, relative(folder, file));
    if (folder === dirname(folder)) return undefined;
  }
}

/** `path`: of the new file, from the folder of the rules. */
function protectionIn(rulesFile: string, text: string, path: string): Protection | undefined {
  const rules = rulesOf(rulesFile, text);
  if (rules === undefined) return undefined;
  const rule = rules.find(({ path_regex: pattern }) => pattern === undefined || fits(rulesFile, pattern, path));
  if (rule === undefined)
    throw new SopsRecipientError(
      `No rule of ${rulesFile} fits ${path}.`,
      "Add one to its creation_rules, or name a recipient with --age RECIPIENT.",
    );
  const refused = UNSUPPORTED.find((name) => rule[name] !== undefined);
  if (refused !== undefined)
    throw new SopsUnsupportedError(rulesFile, refused, "Take it out of the rule, or name a recipient with --age.");
  return { recipients: recipientsIn(rule.age), rule: ruleOf(rule), macOnlyEncrypted: rule.mac_only_encrypted === true };
}

function rulesOf(rulesFile: string, text: string): readonly JsonObject[] | undefined {
  let document: Json;
  try {
    document = parse(text) as Json;
  } catch (cause) {
    throw new SopsSyntaxError(rulesFile, "it is no YAML", { cause });
  }
  const rules = isJsonObject(document) ? document.creation_rules : undefined;
  return Array.isArray(rules) ? (rules as readonly Json[]).filter(isJsonObject) : undefined;
}

function fits(rulesFile: string, pattern: Json, path: string): boolean {
  try {
    return new RegExp(String(pattern as string)).test(path);
  } catch {
    throw new SopsMetadataError(
      rulesFile,
      `path_regex ${String(pattern as string)} is no regular expression that can be used here`,
    );
  }
}

/** A list, or a text with commas. */
function recipientsIn(age: Json | undefined): readonly string[] {
  const given = Array.isArray(age) ? (age as readonly Json[]) : typeof age === "string" ? age.split(",") : [];
  return given
    .filter((item) => typeof item === "string")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
