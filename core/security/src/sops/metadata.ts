/** The section of SOPS: for whom a file is encrypted, what is, and the message authentication code. */

import { isJsonObject, type Json, type JsonObject } from "@provisioning/model";
import { SopsMetadataError, SopsUnsupportedError } from "./errors.js";
import { RULES, type SelectionRule } from "./selection.js";

/** The data key, encrypted for one recipient: an age file in its armor. */
export interface WrappedKey {
  readonly recipient: string;
  readonly enc: string;
}

export interface SopsMetadata {
  readonly age: readonly WrappedKey[];
  /** RFC 3339, seconds. */
  readonly lastModified: string;
  /** Encrypted. */
  readonly mac: string;
  readonly rule: SelectionRule;
  /** The code covers the encrypted values alone. */
  readonly macOnlyEncrypted: boolean;
  readonly version: string;
}

/** Format of what is written: that of SOPS 3.10. */
export const FORMAT_VERSION = "3.10.2";

const OTHER_KEYS: Readonly<Record<string, string>> = {
  kms: "a key of AWS KMS",
  gcp_kms: "a key of Google Cloud KMS",
  azure_kv: "a key of Azure Key Vault",
  hc_vault: "a key of HashiCorp Vault",
  hckms: "a key of Huawei Cloud KMS",
  pgp: "a PGP key",
};
const COMMENT_RULES = ["unencrypted_comment_regex", "encrypted_comment_regex"] as const;

/** @throws SopsUnsupportedError, SopsMetadataError */
export function readMetadata(file: string, section: JsonObject): SopsMetadata {
  refuseUnsupported(file, section);
  const age = listOf(section.age).map((item) => wrappedKey(file, item));
  if (age.length === 0) throw noRecipient(file, section);
  const { lastmodified, mac, version } = section;
  if (typeof lastmodified !== "string" || Number.isNaN(Date.parse(lastmodified)))
    throw new SopsMetadataError(file, "lastmodified is no time");
  if (typeof mac !== "string" || mac === "")
    throw new SopsMetadataError(file, "mac, the message authentication code, is missing");
  return {
    age,
    lastModified: lastmodified.replace(/\.\d+/, ""),
    mac,
    rule: ruleOf(section),
    macOnlyEncrypted: section.mac_only_encrypted === true,
    version: typeof version === "string" ? version : FORMAT_VERSION,
  };
}

export function writeMetadata({ age, lastModified, mac, rule, macOnlyEncrypted, version }: SopsMetadata): JsonObject {
  return {
    age: age.map(({ recipient, enc }) => ({ recipient, enc })),
    lastmodified: lastModified,
    mac,
    ...rule,
    ...(macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
    version,
  };
}

/** The one rule of a section, or of a rule for new files. */
export function ruleOf(section: JsonObject): SelectionRule {
  const given = RULES.filter((name) => typeof section[name] === "string" && section[name] !== "");
  return Object.fromEntries(given.map((name) => [name, section[name]]));
}

function refuseUnsupported(file: string, section: JsonObject): void {
  if (listOf(section.key_groups).length > 0 || Number(section.shamir_threshold ?? 0) > 0)
    throw new SopsUnsupportedError(
      file,
      "key groups (key_groups, shamir_threshold)",
      "Encrypt it for one group with the program sops: sops updatekeys, without key_groups in .sops.yaml.",
    );
  const rule = COMMENT_RULES.find((name) => typeof section[name] === "string" && section[name] !== "");
  if (rule !== undefined)
    throw new SopsUnsupportedError(file, rule, "Choose the values by key instead: encrypted_regex or encrypted_suffix.");
}

function wrappedKey(file: string, item: Json): WrappedKey {
  if (!isJsonObject(item) || typeof item.recipient !== "string" || typeof item.enc !== "string")
    throw new SopsMetadataError(file, "an entry of age has no recipient or no key");
  return { recipient: item.recipient, enc: item.enc };
}

function noRecipient(file: string, section: JsonObject): SopsMetadataError | SopsUnsupportedError {
  const names = Object.keys(OTHER_KEYS).filter((name) => listOf(section[name]).length > 0);
  if (names.length === 0) return new SopsMetadataError(file, "it names no recipient");
  return new SopsUnsupportedError(
    file,
    `${names.map((name) => `${OTHER_KEYS[name]} (${name})`).join(" and ")} alone`,
    "Whoever has that key adds an age recipient with the program sops: sops rotate -i --add-age RECIPIENT FILE",
  );
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
