/** Values as text: `str()`, interpolation, `print`, and the display of numbers. */
import { peekEntriesOf, typeName } from "./inspect.js";
import { type Entry, KclFunction, KclInstance, KclList, KclMultiplier, type Value } from "./values.js";

/** Shortest text of a float, always with `.0` or an exponent. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = String(value);
  if (text.includes("e")) return text.replace(/e([+-])(\d)$/, "e$10$2");
  if (Number.isInteger(value) && Math.abs(value) >= 1e16) return value.toExponential().replace(/e\+(\d)$/, "e+0$1");
  return text.includes(".") ? text : `${text}.0`;
}

export function toText(value: Value): string {
  return typeof value === "string" ? value : display(value);
}

/** Text in which strings are quoted, as they appear inside lists and dicts. */
export function display(value: Value): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "undefined":
      return "Undefined";
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return value.toString();
    case "number":
      return formatFloat(value);
    case "string":
      return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
    default:
  }
  if (value instanceof KclList) return `[${value.peekItems().map(display).join(", ")}]`;
  if (value instanceof KclMultiplier) return `${value.raw}${value.unit}`;
  if (value instanceof KclFunction) return `function(${value.name})`;
  const entries = peekEntriesOf(value);
  return entries === undefined ? typeName(value) : displayEntries(entries, value instanceof KclInstance);
}

function displayEntries(entries: ReadonlyMap<string, Entry>, hideUndefined: boolean): string {
  const parts: string[] = [];
  for (const [key, entry] of entries) {
    if (hideUndefined && (entry.value === undefined || entry.value instanceof KclFunction)) continue;
    parts.push(`${display(key)}: ${display(entry.value)}`);
  }
  return `{${parts.join(", ")}}`;
}
