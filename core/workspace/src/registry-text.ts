/**
 * The list of workspaces in the user's file, read and changed line by line, as long as it is written the way we write it.
 *
 * Commands start in a few milliseconds this way; the library for YAML would take longer than all the rest. A file that uses more of the
 * language in these two places is none of ours: then there is no answer, and the library reads it.
 */

import type { RegistryEntry } from "./registry-entry.js";

export interface RegistryText {
  readonly entries: readonly RegistryEntry[];
  readonly active: string | undefined;
  /** Adds it or replaces it; comments and everything else stay. */
  put(entry: RegistryEntry): void;
  remove(name: string): void;
  setActive(name: string | undefined): void;
  toString(): string;
}

/** Whether an entry can be written in the way that `readRegistryText` reads. */
export function isPlainEntry(name: string, path: string): boolean {
  return !WORDS.has(name) && readPath(JSON.stringify(path)) === path;
}

/** Absent: the text uses more of YAML than this knows. */
export function readRegistryText(text: string): RegistryText | undefined {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const first = parse(lines);
  if (first === undefined) return undefined;
  let found: Parsed = first;
  const edit = (at: number, removed: number, ...added: string[]): void => {
    lines.splice(at, removed, ...added);
    found = parse(lines) as Parsed;
  };
  return {
    get entries() {
      return [...found.entries.values()].map(({ name, path, lastUsed }) => ({ name, path, lastUsed }));
    },
    get active() {
      return found.active?.value;
    },
    put(entry) {
      if (found.section === undefined) edit(lines.length, 0, "workspaces:");
      const old = found.entries.get(entry.name);
      if (old === undefined) {
        edit(found.section?.end ?? lines.length, 0, `  ${entry.name}:`, ...fieldsOf(entry));
        return;
      }
      lines[old.pathLine] = lineOf("path", JSON.stringify(entry.path));
      if (old.lastUsedLine === undefined) edit(old.pathLine + 1, 0, lineOf("last_used", entry.lastUsed));
      else edit(old.lastUsedLine, 1, lineOf("last_used", entry.lastUsed));
    },
    remove(name) {
      const old = found.entries.get(name);
      if (old === undefined) return;
      // An empty `workspaces:` would read as nothing at all.
      if (found.entries.size === 1 && found.section !== undefined) edit(found.section.line, old.end - found.section.line);
      else edit(old.line, old.end - old.line);
    },
    setActive(name) {
      if (found.active !== undefined) edit(found.active.line, 1, ...(name === undefined ? [] : [`active: ${name}`]));
      else if (name !== undefined) edit(lines.length, 0, `active: ${name}`);
    },
    toString: () => (lines.length === 0 ? "" : `${lines.join("\n")}\n`),
  };
}

interface ParsedEntry extends RegistryEntry {
  readonly line: number;
  readonly pathLine: number;
  readonly lastUsedLine: number | undefined;
  /** The line behind its last field. */
  readonly end: number;
}

interface Parsed {
  readonly entries: ReadonlyMap<string, ParsedEntry>;
  readonly active: { readonly value: string; readonly line: number } | undefined;
  /** `end`: the line behind the last entry. */
  readonly section: { readonly line: number; readonly end: number } | undefined;
}

const BLANK = /^ *(?:#.*)?$/;
const TOP = /^([A-Za-z_][\w-]*):(?: +(.*))?$/;
const NAME = /^ {2}([a-z](?:[a-z0-9-]{0,61}[a-z0-9])?): *$/;
const FIELD = /^ {4}(path|last_used): +(.+?) *$/;
/** Words that YAML takes for something else than text, and keys that mean something to JavaScript. */
const WORDS = new Set(["null", "true", "false", "yes", "no", "on", "off", "constructor", "prototype"]);

function parse(lines: readonly string[]): Parsed | undefined {
  const entries = new Map<string, ParsedEntry>();
  const seen = new Set<string>();
  let active: Parsed["active"];
  let section: Parsed["section"];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (BLANK.test(line)) continue;
    if (line.includes("\t") || line.includes("\r")) return undefined;
    const [, key, value] = TOP.exec(line) ?? [];
    if (key === undefined) return undefined;
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (key === "active") {
      if (value === undefined || WORDS.has(value) || !/^[a-z][a-z0-9-]*$/.test(value)) return undefined;
      active = { value, line: at };
    } else if (key === "workspaces") {
      if (value !== undefined && !BLANK.test(value)) return undefined;
      const end = parseEntries(lines, at + 1, entries);
      if (end === undefined) return undefined;
      section = { line: at, end };
      at = end - 1;
    } else {
      // What is below another key is somebody else's: it is indented, or it belongs to a list.
      while (at + 1 < lines.length && /^(?: |-(?: |$))/.test(lines[at + 1] as string)) at += 1;
    }
  }
  return { entries, active, section };
}

/** The line behind the last entry; comments behind it belong to what follows. */
function parseEntries(lines: readonly string[], from: number, entries: Map<string, ParsedEntry>): number | undefined {
  let end = from;
  let at = from;
  while (at < lines.length) {
    const line = lines[at] as string;
    if (BLANK.test(line)) {
      at += 1;
      continue;
    }
    if (!line.startsWith(" ")) break;
    const [, name] = NAME.exec(line) ?? [];
    if (name === undefined || WORDS.has(name) || entries.has(name)) return undefined;
    const fields = new Map<string, { readonly value: string; readonly line: number }>();
    let last = at;
    for (let next = at + 1; next < lines.length; next += 1) {
      const text = lines[next] as string;
      if (BLANK.test(text)) continue;
      const [, key, value] = FIELD.exec(text) ?? [];
      if (key === undefined) break;
      const read = key === "path" ? readPath(value as string) : readTime(value as string);
      if (read === undefined || fields.has(key)) return undefined;
      fields.set(key, { value: read, line: next });
      last = next;
    }
    const [path, lastUsed] = [fields.get("path"), fields.get("last_used")];
    if (path === undefined) return undefined;
    end = last + 1;
    entries.set(name, {
      name,
      path: path.value,
      lastUsed: lastUsed?.value ?? "",
      line: at,
      pathLine: path.line,
      lastUsedLine: lastUsed?.line,
      end,
    });
    at = end;
  }
  return end;
}

/** An absolute path, plain or in double quotes, without anything that YAML or JSON would read in another way. */
function readPath(value: string): string | undefined {
  if (/^"\/[^"\\]*"$/.test(value)) return value.slice(1, -1);
  return /^\/[^\s"'#:{}[\],&*!|>%@`\\]*$/.test(value) ? value : undefined;
}

function readTime(value: string): string | undefined {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value : undefined;
}

function fieldsOf({ path, lastUsed }: RegistryEntry): string[] {
  return [lineOf("path", JSON.stringify(path)), lineOf("last_used", lastUsed)];
}

function lineOf(key: string, value: string): string {
  return `    ${key}: ${value}`;
}
