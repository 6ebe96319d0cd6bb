/**
 * Lines of many logs that belong to one trace, in the order of time. Each line is JSON with a time and a trace; whatever else stands in a
 * file is passed over.
 */

import { open, readdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { logFiles } from "../../log-files.js";

export interface TraceLine {
  readonly time: string;
  readonly source: SourceName;
  readonly level: string;
  readonly traceId: string;
  readonly message: string;
  /** The task or run. */
  readonly id?: string;
}

type SourceName = "command" | "service" | "task" | "workflow";

/** A file with those that were put aside before it, the files of a folder, or a text. */
export type TraceSource = { readonly source: SourceName } & (
  | { readonly file: string }
  | { readonly folder: string }
  | { readonly text: string }
);

/** Shorter ones would fit several. */
const SHORTEST = 8;

/** The trace that is meant: by itself, by how it begins, or by a task or run of it. */
export async function traceIdOf(id: string, sources: readonly TraceSource[]): Promise<string | undefined> {
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  if (id.length < SHORTEST || !/^[0-9a-f-]+$/.test(id)) return undefined;
  for await (const { line, file } of linesOf(sources)) {
    if (!line.includes(id) && !file.includes(id)) continue;
    const traceId = traceIn(parse(line));
    const isMeant = traceId?.startsWith(id) === true || (id.length === UUID_LENGTH && traceId !== undefined);
    if (isMeant) return traceId;
  }
  return undefined;
}

const UUID_LENGTH = 36;

export async function traceLines(traceId: string, sources: readonly TraceSource[]): Promise<readonly TraceLine[]> {
  const found: TraceLine[] = [];
  for await (const { source, line, file } of linesOf(sources)) {
    if (!line.includes(traceId)) continue;
    const entry = parse(line);
    if (entry === undefined || traceIn(entry) !== traceId) continue;
    found.push(lineOf(source, entry, file, traceId));
  }
  // Lines of one moment keep the order in which they were found: the command, the service, its tasks.
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

interface Found {
  readonly source: SourceName;
  readonly line: string;
  readonly file: string;
}

async function* linesOf(sources: readonly TraceSource[]): AsyncGenerator<Found> {
  for (const source of sources) {
    if ("text" in source) {
      for (const line of source.text.split("\n")) yield { source: source.source, line, file: "" };
      continue;
    }
    for (const file of await filesOf(source)) {
      for await (const line of linesIn(file)) yield { source: source.source, line, file };
    }
  }
}

async function filesOf(source: { readonly file: string } | { readonly folder: string }): Promise<readonly string[]> {
  if ("folder" in source) {
    const names = await readdir(source.folder).catch(() => []);
    return names.filter((name) => /\.(?:ndjson|log)$/.test(name)).map((name) => join(source.folder, name));
  }
  return logFiles(isAbsolute(source.file) ? source.file : join(process.cwd(), source.file));
}

async function* linesIn(file: string): AsyncGenerator<string> {
  // It may have been put aside or removed in just that moment.
  const handle = await open(file).catch(() => undefined);
  if (handle !== undefined) yield* handle.readLines();
}

type Entry = Readonly<Record<string, unknown>>;

function parse(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}

function traceIn(entry: Entry | undefined): string | undefined {
  const trace = entry?.trace_id ?? entry?.traceId;
  return typeof trace === "string" ? trace : undefined;
}

function lineOf(source: SourceName, entry: Entry, file: string, traceId: string): TraceLine {
  const id = textIn(entry, "run") ?? textIn(entry, "task") ?? (source === "task" ? idOf(file) : undefined);
  return {
    time: textIn(entry, "time") ?? "",
    source,
    level: textIn(entry, "level") ?? "info",
    traceId,
    message: source === "task" ? told(entry) : said(entry),
    ...(id === undefined ? {} : { id }),
  };
}

/** `POST /workflows: 202 in 4 ms`, `answered infra.apply after 2.1 s`, or the message with the facts that it has. */
function said(entry: Entry): string {
  const message = textIn(entry, "message") ?? textIn(entry, "event") ?? "";
  const { route, status, seconds, command, action, name, code } = entry;
  const took =
    typeof seconds === "number" ? ` in ${seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`}` : "";
  if (typeof route === "string") return `${textIn(entry, "method") ?? ""} ${route}: ${Number(status)}${took}`;
  const facts = [command ?? action, name, status, code].filter((fact) => typeof fact === "string").join(", ");
  return `${message}${facts === "" ? "" : `: ${facts}`}${took}`;
}

/** What a task told: the text of an event of an action. */
function told(line: Entry): string {
  const { data } = line;
  const event = textIn(line, "event") ?? "";
  if (typeof data !== "object" || data === null) return event;
  const entry = data as Entry;
  if (typeof entry.event === "object" && entry.event !== null) {
    const { type, operation, status, error } = entry.event as Entry;
    const failed = typeof error === "object" && error !== null ? `: ${textIn(error as Entry, "message") ?? ""}` : "";
    return [type, operation, status].filter((part) => typeof part === "string").join(" ") + failed;
  }
  const about = textIn(entry, "operation");
  const text = textIn(entry, "title") ?? textIn(entry, "text") ?? textIn(entry, "runId") ?? "";
  const type = textIn(entry, "type") ?? event;
  return [type, about, text].filter((part) => part !== undefined && part !== "").join(" ");
}

function textIn(entry: Entry, key: string): string | undefined {
  const value = entry[key];
  return typeof value === "string" ? value : undefined;
}

function idOf(file: string): string | undefined {
  return /([0-9a-f-]{36})\.\w+$/.exec(file)?.[1];
}
