/** Which format a file has: its ending says so, as to the program `sops`. */

import { parseBinaryDocument } from "./binary-document.js";
import { parseDotenvDocument } from "./dotenv-document.js";
import type { Leaf, SopsDocument } from "./document.js";
import { SopsMetadataError, SopsSyntaxError, SopsUnsupportedError } from "./errors.js";
import { parseJsonDocument } from "./json-document.js";
import { parseYamlDocument } from "./yaml-document.js";

export type SopsFormat = "yaml" | "json" | "dotenv" | "binary";

/** Bytes of a file. */
const MAX_BYTES = 16 * 1024 * 1024;

/** @throws SopsUnsupportedError */
export function formatOf(file: string): SopsFormat {
  if (/\.ya?ml$/.test(file)) return "yaml";
  if (file.endsWith(".json")) return "json";
  if (file.endsWith(".env")) return "dotenv";
  if (file.endsWith(".ini")) throw new SopsUnsupportedError(file, "the format INI", "Write it as YAML, JSON or .env.");
  return "binary";
}

/** Encrypted or not. @throws SopsSyntaxError, SopsUnsupportedError, SopsMetadataError for one that lost its section */
export function parseDocument(file: string, content: Buffer): SopsDocument {
  const format = formatOf(file);
  if (content.length > MAX_BYTES) throw new SopsSyntaxError(file, `it is larger than ${MAX_BYTES} bytes`);
  const document = parseAs(format, file, content);
  if (document.metadata === undefined && format !== "binary" && document.leaves().some(isLeftOver))
    throw new SopsMetadataError(file, "it is missing, and values are encrypted all the same; the file was cut");
  return document;
}

function parseAs(format: SopsFormat, file: string, content: Buffer): SopsDocument {
  if (format === "binary") return parseBinaryDocument(file, content);
  const text = content.toString("utf8");
  if (format === "yaml") return parseYamlDocument(file, text);
  return format === "json" ? parseJsonDocument(file, text) : parseDotenvDocument(file, text);
}

/** Also one that was cut. */
function isLeftOver(leaf: Leaf): boolean {
  return leaf.kind === "value" && leaf.read().bytes.toString("utf8").startsWith("ENC[AES256_GCM");
}
