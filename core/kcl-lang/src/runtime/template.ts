/** Interpolated values as text: plain, `#json`, `#yaml`. */
import { encodeJson } from "../library/json-text.js";
import { writeYaml } from "../output/yaml-writer.js";
import { sizeOf } from "./extent.js";
import type { Machine } from "./machine.js";
import { toText } from "./text.js";
import type { Value } from "./values.js";

export function formatTemplate(machine: Machine, value: Value, format: string | undefined): string {
  machine.work(sizeOf(value));
  if (format === undefined) return toText(value);
  const kind = format.trim().toLowerCase();
  if (kind === "#json") return encodeJson(value);
  if (kind === "#yaml") return writeYaml(value);
  return machine.fail(`${format} is a invalid format spec`);
}
