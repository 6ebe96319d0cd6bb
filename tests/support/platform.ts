/** The built command and throw-away workspaces, as a person would use them. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ActionName, actionTable } from "@provisioning/actions";
import { surrealPackages } from "@provisioning/storage/testing";
import { commandWords } from "../../core/cli/src/testing/built-command.js";

const execute = promisify(execFile);
export const root = fileURLToPath(new URL("../../", import.meta.url));
const [program, ...programWords] = commandWords;

/** Why tests in containers cannot run here, or nothing. */
export const obstacle: string | undefined = process.env.PROVISIONING_NO_CONTAINERS;

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is under way. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Result>;
  /** Resolves when it has written this to stderr. */
  wrote(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface TestWorkspace {
  readonly dir: string;
  run(...words: string[]): Promise<Result>;
  /** The same with more variables in its environment. */
  runWith(variables: Readonly<Record<string, string>>, ...words: string[]): Promise<Result>;
  /** Runs with `-o json` and parses the result; fails the test when the command failed. */
  json<T>(...words: string[]): Promise<T>;
  /** Starts it in a process group of its own and does not wait. */
  start(...words: string[]): ChildProcess;
  /** Starts it in a process group of its own: a signal to it reaches it alone. */
  begin(...words: string[]): Running;
  edit(file: string, change: (text: string) => string): Promise<void>;
  /** Removes what the infra made and the folder. */
  destroy(): Promise<void>;
}

/** The path of a workspace that only tests use. */
export const fixture = (name: string): string => join(root, "tests", "fixtures", name);

/** `TEST_STORAGE=filesystem` or `surrealdb-embedded` runs these tests with that storage. */
async function chosenStorage(): Promise<Readonly<Record<string, string>>> {
  const type = process.env.TEST_STORAGE;
  if (type === undefined) return {};
  const packages = type.startsWith("surrealdb") ? (await surrealPackages()).folder : "";
  return { PROVISIONING_STORAGE_TYPE: type, PROVISIONING_STORAGE_PACKAGES_DIR: packages };
}

/** `example` is a folder of `examples/`, or an absolute path. */
export async function makeWorkspace(example: string): Promise<TestWorkspace> {
  const base = await mkdtemp(join(tmpdir(), "provisioning-"));
  const dir = join(base, "workspace");
  const own = { XDG_CONFIG_HOME: join(base, "config"), PROVISIONING_WORKSPACE: dir, NO_COLOR: "1" };
  const env = { ...process.env, ...own, ...(await chosenStorage()) };
  const options = { cwd: base, env, maxBuffer: 64 * 1024 * 1024 };
  const runWith = async (variables: Readonly<Record<string, string>>, ...words: string[]): Promise<Result> => {
    try {
      const around = { ...options, env: { ...env, ...variables } };
      const { stdout, stderr } = await execute(program, [...programWords, ...words], around);
      return { code: 0, stdout, stderr };
    } catch (error) {
      const failed = error as { code?: unknown; stdout?: string; stderr?: string };
      if (typeof failed.code !== "number") throw error;
      return { code: failed.code, stdout: failed.stdout ?? "", stderr: failed.stderr ?? "" };
    }
  };
  const run = (...words: string[]) => runWith({}, ...words);
  const made = await run("workspace", "init", "test", "--dir", dir, "--from", resolve(root, "examples", example));
  if (made.code !== 0) throw new Error(made.stderr);
  return {
    dir,
    run,
    runWith,
    async json<T>(...words: string[]): Promise<T> {
      const result = await run(...words, "-o", "json");
      if (result.code !== 0) throw new Error(`${words.join(" ")} ended with ${result.code}:\n${result.stderr}\n${result.stdout}`);
      const value = withoutVersion(words, JSON.parse(result.stdout));
      await expectDescribed(words, value);
      return value as T;
    },
    start: (...words) => spawn(program, [...programWords, ...words], { ...options, stdio: "ignore", detached: true }),
    begin: (...words) => follow(spawn(program, [...programWords, ...words], { ...options, stdio: "pipe", detached: true })),
    async edit(file, change) {
      const path = join(dir, file);
      await writeFile(path, change(await readFile(path, "utf8")));
    },
    async destroy() {
      const removed = await run("cluster", "delete", "--yes");
      await rm(base, { recursive: true, force: true });
      if (removed.code !== 0) throw new Error(`The test left something behind: ${removed.stderr}`);
    },
  };
}

/** An object says which version of its schema it has; a list is the list alone. */
function withoutVersion(words: readonly string[], value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { schema_version: version, ...rest } = value as Readonly<Record<string, unknown>>;
  if (version !== 1) throw new Error(`${words.join(" ")} does not say which version of its schema it prints.`);
  return rest;
}

/** Commands that print what their action gives. Others show a part of it. */
const ACTION_OF: Readonly<Record<string, ActionName>> = {
  plan: "infra.plan",
  drift: "infra.drift",
  apply: "infra.apply",
  "health-check": "infra.health",
  "cluster status": "infra.status",
  "cluster create": "infra.apply",
  "cluster delete": "infra.destroy",
  "server create": "infra.apply",
  "server delete": "infra.destroy",
  "taskserv create": "infra.apply",
  "taskserv delete": "infra.destroy",
  "workflow run": "workflow.run",
  "workflow validate": "workflow.validate",
  "workflow tasks": "workflow.tasks",
  "workflow logs": "run.logs",
  "workflow checkpoints": "run.checkpoints",
  "workflow list": "run.list",
  "workflow status": "run.show",
  "workflow retry": "run.retry",
  "workflow skip": "run.pass",
  "workflow cancel": "run.cancel",
  "workflow rollback": "run.rollback",
  "batch submit": "batch.submit",
  "batch status": "run.show",
  "batch list": "run.list",
  "batch pause": "run.pause",
  "batch resume": "run.resume",
  "batch retry": "run.retry",
  "state list": "state.list",
  "state show": "state.show",
  "graph query": "graph.query",
  "storage info": "storage.info",
  "storage validate": "storage.validate",
  "storage migrate": "storage.migrate",
};

/** What a command prints is what the output schema of its action describes. */
async function expectDescribed(words: readonly string[], value: unknown): Promise<void> {
  const name = ACTION_OF[words[0] ?? ""] ?? ACTION_OF[words.slice(0, 2).join(" ")];
  if (name === undefined || ["--check", "--dry-run"].some((word) => words.includes(word))) return;
  const { output } = await actionTable[name]();
  const parsed = output.safeParse(value);
  if (!parsed.success) throw new Error(`${words.join(" ")} prints what ${name} does not describe: ${parsed.error.message}`);
}

function follow(child: ChildProcess): Running {
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const look of watchers) look();
  });
  const ended = new Promise<Result>((resolve, reject) => {
    child.on("error", reject);
    // A program that a signal ended has the code that a shell would tell.
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 128 + (constants.signals[signal ?? "SIGKILL"] ?? 0), stdout, stderr }),
    );
  });
  return {
    pid: child.pid ?? 0,
    ended,
    wrote: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!stderr.includes(text)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without writing ${JSON.stringify(text)}:\n${stderr}`)));
      }),
    signal: (name) => void child.kill(name),
  };
}

/** Copies a folder of extra extensions into a workspace. */
export async function addExtensions(workspace: TestWorkspace, from: string): Promise<void> {
  await cp(from, join(workspace.dir, "extensions"), { recursive: true });
}

/** What the engine holds that carries our labels and belongs to this workspace: containers, networks, volumes. */
export async function engineLeftovers(identity: string): Promise<string[]> {
  const lists = [
    ["ps", "-aq"],
    ["network", "ls", "-q"],
    ["volume", "ls", "-q"],
  ];
  const found: string[] = [];
  for (const words of lists) {
    const { stdout } = await execute("docker", [...words, "--filter", `label=provisioning.workspace=${identity}`]);
    found.push(...stdout.split("\n").filter((line) => line !== ""));
  }
  return found;
}

export async function identityOf(workspace: TestWorkspace): Promise<string> {
  return (await readFile(join(workspace.dir, "runtime", "workspace-id"), "utf8")).trim();
}
