/** A planned value as the text that the command line prints. */
import { encodeJson } from "../library/json-text.js";
import { KclDict, KclList, type Value } from "../runtime/values.js";
import { writeYaml } from "./yaml-writer.js";

/** YAML; a list of configurations is a stream of documents. */
export function writeDocuments(value: Value, format: "yaml" | "json" = "yaml"): string {
  if (format === "json") return `${encodeJson(value, { indent: 4 })}\n`;
  const isStream = value instanceof KclList && value.items.length > 0 && value.items.every((item) => item instanceof KclDict);
  return isStream ? value.items.map((item) => writeYaml(item)).join("---\n") : writeYaml(value);
}
