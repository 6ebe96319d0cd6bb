/**
 * The log of a batch workflow as its `LoggingConfig` asks for it: one file for each run, and lines on the standard output of whoever carries
 * it out. Everything that the action tells goes on to whoever watches it, as before.
 *
 * A log begins before anybody knows the workflow, let alone the run: what is told until then is kept, and written when both are known. A
 * run that goes on after an interruption goes on in its file. A log that cannot be written is told as a warning and stops nothing.
 */

import { mkdir, open, readdir, realpath, rm, stat, type FileHandle } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { type LoggingConfig, type OperationId, ProvisioningError, type RunDefinition, type RunId } from "@provisioning/model";
import type { ActionContext, ActionEvent } from "../context.js";
import { lineOf } from "./logs.js";

export type LogLevel = LoggingConfig["level"];

/** What a line says, in either format. */
export interface RunLogLine {
  readonly time: string;
  readonly level: LogLevel;
  readonly trace_id?: string;
  readonly workflow: string;
  readonly run?: RunId;
  /** The kind of event. */
  readonly event: string;
  readonly operation?: OperationId;
  readonly message: string;
}

interface Logged {
  readonly name: string;
  readonly logging: LoggingConfig;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const DAY_MS = 86_400_000;
const SUFFIX = ".log";
/** Names end with the id of a run. Nothing else in the folder is ours. */
const OWN_FILE = /-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.log$/;

export class RunLog {
  /** What the action is given instead of the context that it was asked with. */
  readonly context: ActionContext;
  readonly #asked: ActionContext;
  readonly #titles = new Map<OperationId, string>();
  #workflow: (Logged & { readonly dir: string }) | undefined;
  #run: RunId | undefined;
  #early: { readonly at: number; readonly event: ActionEvent }[] = [];
  #file: Promise<FileHandle> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(asked: ActionContext) {
    this.#asked = asked;
    this.context = {
      ...asked,
      isLogged: true,
      report: (event) => {
        asked.report(event);
        this.#note(event);
      },
    };
  }

  /** From here on it is known where to write. Old files are removed. @throws ProvisioningError LOG_PATH_OUTSIDE */
  async begin({ name, logging }: Logged, root: string): Promise<void> {
    const dir = await logFolder(root, logging);
    this.#workflow = { name, logging, dir };
    if (hasFile(logging)) await removeOld(dir, this.#asked.clock.now() - logging.retentionDays * DAY_MS);
  }

  /** Writes what is left. Of an action that made no run nothing is written. */
  async close(): Promise<void> {
    await this.#writing;
    await (await this.#file?.catch(() => undefined))?.close();
  }

  #note(event: ActionEvent): void {
    if (event.type === "runStarted") {
      if (event.runId !== this.#run) this.#turnTo(event.runId);
      for (const { id, title } of event.operations) this.#titles.set(id, title);
    }
    const at = this.#asked.clock.now();
    if (this.#workflow === undefined || this.#run === undefined) {
      this.#early.push({ at, event });
      return;
    }
    for (const early of this.#early.splice(0)) this.#write(early.at, early.event);
    this.#write(at, event);
  }

  /** An action may finish an earlier run before it makes its own. */
  #turnTo(run: RunId): void {
    const before = this.#file;
    this.#run = run;
    this.#file = undefined;
    this.#writing = this.#writing.then(async () => (await before?.catch(() => undefined))?.close());
  }

  #write(at: number, event: ActionEvent): void {
    const workflow = this.#workflow;
    const said = wordsOf(event, (id) => this.#titles.get(id) ?? id);
    if (workflow === undefined || said === undefined || RANK[said.level] < RANK[workflow.logging.level]) return;
    const { traceId } = this.#asked;
    const line: RunLogLine = {
      time: new Date(at).toISOString(),
      level: said.level,
      ...(traceId === undefined ? {} : { trace_id: traceId }),
      workflow: workflow.name,
      ...(this.#run === undefined ? {} : { run: this.#run }),
      event: said.event,
      ...(said.operation === undefined ? {} : { operation: said.operation }),
      message: said.message,
    };
    const text = workflow.logging.format === "json" ? JSON.stringify(line) : textLine(line);
    if (workflow.logging.destinations.includes("stdout")) this.#asked.log?.(text);
    if (hasFile(workflow.logging)) this.#append(`${text}\n`);
  }

  #append(text: string): void {
    const { dir, name } = this.#workflow ?? { dir: "", name: "" };
    this.#file ??= openLog(join(dir, `${fileName(name)}-${this.#run}${SUFFIX}`));
    const file = this.#file;
    this.#writing = this.#writing.then(async () => (await file).appendFile(text)).catch((error: unknown) => this.#giveUp(error));
  }

  /** Told once: without a log the work goes on. */
  #giveUp(error: unknown): void {
    if (this.#workflow === undefined) return;
    const { logging, ...rest } = this.#workflow;
    if (!hasFile(logging)) return;
    this.#workflow = { ...rest, logging: { ...logging, destinations: logging.destinations.filter((one) => one !== "file") } };
    const reason = error instanceof Error ? error.message : String(error);
    this.#asked.report({ type: "warning", text: `The log of the workflow cannot be written: ${reason}` });
  }
}

/** A run knows which log its workflow wants, for whoever goes on with it or undoes it later. */
export function logLabel(logging: LoggingConfig): Readonly<Record<string, string>> {
  return { [LABEL]: JSON.stringify(logging) };
}

const LABEL = "log";

interface Loggable {
  readonly context: ActionContext;
  readonly workspace: { readonly layout: { readonly root: string } };
}

/** Does what is done with a run, in the log that its workflow wants; in none where it wants none, or where one is written already. */
export async function underRunLog<Session extends Loggable, T>(
  session: Session,
  { name, labels }: Pick<RunDefinition, "name" | "labels">,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const wanted = labels[LABEL];
  if (wanted === undefined || session.context.isLogged === true) return work(session);
  const log = new RunLog(session.context);
  try {
    await log.begin({ name, logging: JSON.parse(wanted) as LoggingConfig }, session.workspace.layout.root);
    return await work({ ...session, context: log.context });
  } finally {
    await log.close();
  }
}

function hasFile({ destinations }: LoggingConfig): boolean {
  return destinations.includes("file");
}

/** Readable by the owner alone, like everything that a run leaves. */
async function openLog(file: string): Promise<FileHandle> {
  await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  await cutOffHalfLine(handle);
  return handle;
}

/** No line is longer. */
const TAIL_BYTES = 1024 * 1024;

/** What a full disk or a power failure left of a line. */
async function cutOffHalfLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const from = Math.max(0, size - TAIL_BYTES);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
  const end = buffer.subarray(0, bytesRead).lastIndexOf("\n") + 1;
  if (end < bytesRead) await handle.truncate(from + end);
}

/** Whoever sends a workflow does not choose where on the machine it writes. @throws ProvisioningError LOG_PATH_OUTSIDE */
async function logFolder(root: string, { path }: LoggingConfig): Promise<string> {
  const dir = resolve(root, path);
  const home = await realpath(root);
  if (isBelow(root, dir) && isBelow(home, await nearest(dir))) return dir;
  throw new ProvisioningError({
    code: "LOG_PATH_OUTSIDE",
    message: `The workflow wants its log in ${path}, which is not in the workspace.`,
    hint: "Set logging.path to a folder of the workspace, such as ./logs/workflows.",
  });
}

/** Where a folder really is, or would be when it is made: links are followed as far as there is something. */
async function nearest(dir: string): Promise<string> {
  try {
    return await realpath(dir);
  } catch {
    const parent = join(dir, "..");
    return parent === dir ? dir : nearest(parent);
  }
}

function isBelow(root: string, path: string): boolean {
  const from = relative(root, path);
  return from !== ".." && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

/** A name as a part of a file's name. */
function fileName(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, "_").slice(0, 100);
}

async function removeOld(dir: string, before: number): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter((one) => OWN_FILE.test(one))) {
    const file = join(dir, name);
    const { mtimeMs = before } = (await stat(file).catch(() => undefined)) ?? {};
    if (mtimeMs < before) await rm(file, { force: true }).catch(() => {});
  }
}

interface Said {
  readonly level: LogLevel;
  readonly event: string;
  readonly operation?: OperationId;
  readonly message: string;
}

function wordsOf(event: ActionEvent, titleOf: (operation: OperationId) => string): Said | undefined {
  switch (event.type) {
    case "phase":
      return { level: "info", event: "phase", message: event.title };
    case "planned": {
      const changes = event.plan.changes.filter(({ kind }) => kind !== "none" && kind !== "read").length;
      return { level: "info", event: "planned", message: `${changes} changes are planned` };
    }
    case "runStarted": {
      const verb = event.resumed ? "goes on" : "begins";
      return { level: "info", event: "runStarted", message: `the run ${verb}, with ${event.operations.length} operations` };
    }
    case "run": {
      const { level, event: kind, operation, message } = lineOf(event.event, titleOf);
      return { level, event: kind, ...(operation === undefined ? {} : { operation }), message };
    }
    case "progress": {
      const { operation, text } = event;
      return { level: "debug", event: "progress", operation, message: `${titleOf(operation)}: ${text}` };
    }
    case "step": {
      const { operation, title } = event;
      return { level: "debug", event: "step", operation, message: `${titleOf(operation)}: ${title}` };
    }
    case "note":
      return { level: "info", event: "note", message: event.text };
    case "warning":
      return { level: "warn", event: "warning", message: event.text };
  }
}

/** `2026-11-21T10:00:00.000Z INFO  create web-01: completed` */
function textLine({ time, level, message }: RunLogLine): string {
  return `${time} ${level.toUpperCase().padEnd(5)} ${message.replaceAll(/\s*\n\s*/g, " ")}`;
}
