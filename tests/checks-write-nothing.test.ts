/** Every command that writes can be asked what it would do, and then writes nothing. The table of commands says which ones write. */

import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionTable } from "@provisioning/actions";
import { systemClock } from "@provisioning/model";
import { openStorage, type TransferableStorage } from "@provisioning/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addInfraWithoutServers } from "../core/actions/src/testing/infra-without-servers.js";
import type { Command } from "../core/cli/src/command/command.js";
import { DOMAINS } from "../core/cli/src/commands/table.js";
import { runHere } from "./support/in-process.js";
import type { Result } from "./support/platform.js";

/** Commands that write though the table names no action for them, or one that reads. */
const ALSO_WRITE: ReadonlySet<string> = new Set([
  "workspace export",
  "kcl fmt",
  "kcl run",
  "kcl doc",
  "server ssh",
  "orchestrator start",
  "orchestrator stop",
  "doctor",
]);

/** Commands without an action that only show something. */
const ONLY_SHOW: ReadonlySet<string> = new Set([
  "orchestrator status",
  "orchestrator config",
  "orchestrator logs",
  "logs tail",
  "why",
  "trace",
  "dashboard open",
  "kcl lint",
  "kcl test",
  "kcl vet",
  "sc",
  "guide",
  "shortcuts",
  "commands",
  "explain",
  "schema",
  "version",
  "completions bash",
  "completions zsh",
  "completions fish",
  "completions nushell",
]);

/** Those that have no `--check`, each with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  "server ssh": "opens a shell for a person",
  "orchestrator start": "starts a program; orchestrator status tells whether one runs",
  "orchestrator stop": "ends a program; orchestrator status tells which",
  doctor: "without --fix it shows what --fix would do",
  "config edit": "shows the text to a person, who saves it or not",
  "kcl run": "writes only into a file that is named; without one the same is shown",
  "kcl doc": "writes only into a folder that is named; without one the same is shown",
};

/** Those whose check needs more than there is here, and where that is tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "version upgrade": "core/actions/src/versions/versions.test.ts",
  "storage migrate": "core/cli/src/commands/storage.test.ts",
};

interface Named {
  readonly path: string;
  readonly command: Command;
}

const ALL: readonly Named[] = DOMAINS.flatMap(({ entries }) =>
  entries.flatMap((entry) => {
    if (entry.kind === "command") return [{ path: entry.name, command: entry }];
    const main = entry.main === undefined ? [] : [{ path: entry.name, command: entry.main }];
    return [...main, ...entry.commands.map((command) => ({ path: `${entry.name} ${command.name}`, command }))];
  }),
);

async function writing(): Promise<readonly Named[]> {
  const found = await Promise.all(
    ALL.map(async (named) => {
      const action = named.command.result?.action;
      const effect = action === undefined ? "read" : (await actionTable[action]()).effect;
      return effect === "change" || ALSO_WRITE.has(named.path) ? [named] : [];
    }),
  );
  return found.flat();
}

let base: string;
let workspace: string;
const ids = { failed: "", pending: "", paused: "" };

const run = (...words: string[]): Promise<Result> =>
  runHere(words, {
    currentDir: workspace,
    env: { XDG_CONFIG_HOME: join(base, "user"), NO_COLOR: "1", PROVISIONING_RUN_RETRY_MAX_ATTEMPTS: "1" },
  });

/** Every file with its mode, the moment of its last change and its content. */
async function fingerprint(): Promise<readonly string[]> {
  const entries = await readdir(base, { recursive: true, withFileTypes: true });
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = await lstat(path);
    const content = entry.isFile()
      ? createHash("sha256")
          .update(await readFile(path))
          .digest("hex")
      : "";
    return [path.slice(base.length), mode, entry.isFile() ? mtimeMs : 0, content].join(" ");
  });
  return (await Promise.all(lines)).sort();
}

const step = (condition: string) => ({ name: "decide", task: "provisioning.evaluate", params: { condition } });
const document = (name: string, ...steps: object[]) =>
  JSON.stringify({ apiVersion: "provisioning/v1", kind: "Workflow", metadata: { name }, spec: { steps } });

async function runOf(...words: string[]): Promise<string> {
  const { stdout } = await run("workflow", "run", ...words, "-o", "json");
  return (JSON.parse(stdout) as { readonly run: { readonly id: string } }).run.id;
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "provisioning-checks-"));
  workspace = base;
  for (const name of ["other", "shop"]) {
    workspace = base;
    expect((await run("workspace", "init", name, "--dir", join(base, name))).code).toBe(0);
  }
  workspace = join(base, "shop");
  await rm(join(workspace, "infra"), { recursive: true });
  await addInfraWithoutServers(workspace);
  await writeFile(join(workspace, "decide.json"), document("decide", step("done = True")));
  await writeFile(
    join(workspace, "fails.json"),
    document("fails", step("done = 1 / 0"), { ...step("a = 1"), name: "next", depends_on: ["decide"] }),
  );
  await writeFile(join(workspace, "ugly.k"), "a   =    1\n");
  await writeFile(join(workspace, "clear.yaml"), "password: hunter2\n");
  await run("apply", "--yes");
  await run("workspace", "export", "--to", join(base, "shop.tar.gz"));
  ids.failed = await runOf("fails.json");
  ids.pending = await runOf("decide.json", "--no-wait");
  ids.paused = await runOf("decide.json", "--no-wait");
  expect((await run("workflow", "pause", ids.paused)).code).toBe(0);
});
afterAll(() => rm(base, { recursive: true, force: true }));

interface Row {
  readonly words: () => readonly string[];
  /** Default: 0. Where what it is about cannot be there without a server, a refusal is an answer too. */
  readonly codes?: readonly number[];
  /** The same without the check writes: what is added then. */
  readonly real?: readonly string[];
}

const control = (of: string): Readonly<Record<string, Row>> => ({
  [`${of} retry`]: { words: () => [of, "retry", ids.failed] },
  [`${of} skip`]: { words: () => [of, "skip", ids.failed, "next"] },
  [`${of} pause`]: { words: () => [of, "pause", ids.pending] },
  [`${of} resume`]: { words: () => [of, "resume", ids.paused] },
  [`${of} cancel`]: { words: () => [of, "cancel", ids.pending] },
  [`${of} rollback`]: { words: () => [of, "rollback", ids.failed] },
});
const ABSENT = [0, 64];
/** Of a key that nobody has. */
const RECIPIENT = "age170vyg8ul0jf8fl3u4egwzsr994npkahg9vngnt0q6qw3fhnsr5xq8gy9vj";

const ROWS: Readonly<Record<string, Row>> = {
  apply: { words: () => ["apply"] },
  "cluster create": { words: () => ["cluster", "create", "empty"] },
  "cluster delete": { words: () => ["cluster", "delete", "empty"] },
  "server create": { words: () => ["server", "create", "one"] },
  "server update": { words: () => ["server", "update", "one"], codes: ABSENT },
  "server delete": { words: () => ["server", "delete", "one"], codes: ABSENT },
  "taskserv create": { words: () => ["taskserv", "create", "redis"] },
  "taskserv update": { words: () => ["taskserv", "update", "redis"], codes: ABSENT },
  "taskserv delete": { words: () => ["taskserv", "delete", "redis"], codes: ABSENT },
  "workflow server-create": { words: () => ["workflow", "server-create", "empty"] },
  "workflow run": { words: () => ["workflow", "run", "decide.json"], real: [] },
  "batch submit": { words: () => ["batch", "submit", "decide.json"], real: [] },
  ...control("batch"),
  ...control("workflow"),
  "lock break": { words: () => ["lock", "break", "store"] },
  "kcl fmt": { words: () => ["kcl", "fmt", "ugly.k"], codes: [1], real: [] },
  "workspace init": { words: () => ["workspace", "init", "fresh"], real: [] },
  "workspace switch": { words: () => ["workspace", "switch", "other"], real: [] },
  "workspace import": { words: () => ["workspace", "import", join(base, "shop.tar.gz"), "--name", "copy"], real: [] },
  "workspace export": { words: () => ["workspace", "export", "--to", join(base, "again.tar.gz"), "--with-state"], real: [] },
  "workspace remove": { words: () => ["workspace", "remove", "other"], real: [] },
  "config set": { words: () => ["config", "set", "run.parallel_limit", "3"], real: [] },
  "config unset": { words: () => ["config", "unset", "run.parallel_limit"], real: [] },
  sops: { words: () => ["sops", "clear.yaml", "--encrypt", "--age", RECIPIENT], real: [] },
  "version lock": { words: () => ["version", "lock"], real: [] },
  ...Object.fromEntries(
    ["workspace", "infra", "cluster", "taskserv", "provider", "workflow"].map((kind) => [
      `generate ${kind}`,
      { words: () => ["generate", kind, `new-${kind}`, ...(kind === "workflow" ? ["--infra", "empty"] : [])], real: [] },
    ]),
  ),
};

describe("commands that write", () => {
  it("are all known", () => {
    const silent = ALL.filter(({ command }) => command.result === undefined).map(({ path }) => path);
    expect(silent.filter((path) => !ALSO_WRITE.has(path) && !ONLY_SHOW.has(path))).toEqual([]);
  });

  it("can all be asked what they would do", async () => {
    const without = (await writing()).filter(({ command }) => !("check" in command.flags) && !("dryRun" in command.flags));
    expect(without.map(({ path }) => path).filter((path) => !(path in EXEMPT))).toEqual([]);
    const tested = new Set([...Object.keys(ROWS), ...Object.keys(EXEMPT), ...Object.keys(ELSEWHERE)]);
    expect((await writing()).map(({ path }) => path).sort()).toEqual([...tested].sort());
  });

  let holder: TransferableStorage | undefined;
  const release = async (): Promise<void> => {
    await holder?.close();
    holder = undefined;
  };
  afterAll(release);

  it.each(Object.entries(ROWS))("%s writes nothing when it is asked", async (path, { words, codes = [0], real }) => {
    const { command } = ALL.find((named) => named.path === path) as Named;
    if (path === "lock break") {
      const dataDir = join(workspace, "runtime", "store");
      holder = await openStorage({ type: "filesystem", mode: "write", dataDir, clock: systemClock, command: "test" });
    }
    const before = await fingerprint();
    const { code, stdout, stderr } = await run(...words(), "check" in command.flags ? "--check" : "--dry-run");
    expect(codes, `${stdout}${stderr}`).toContain(code);
    expect(`${stdout}${stderr}`).not.toBe("");
    expect(await fingerprint()).toEqual(before);
    await release();
    if (real === undefined) return;
    await run(...words(), ...real);
    expect(await fingerprint(), "the real one writes nothing either").not.toEqual(before);
  });
});

describe("a check of what becomes of a run", () => {
  const status = async (...words: string[]): Promise<unknown> =>
    (JSON.parse((await run(...words, "-o", "json")).stdout) as { readonly status: unknown }).status;

  it("says what the real one says then", async () => {
    for (const [verb, id, becomes] of [
      ["pause", ids.pending, "paused"],
      ["cancel", ids.pending, "cancelled"],
    ] as const) {
      expect([verb, await status("workflow", verb, id, "--check")]).toEqual([verb, becomes]);
    }
    expect(await status("workflow", "rollback", ids.failed, "--check")).toBe("rolledBack");
    expect(await status("workflow", "retry", ids.failed, "--check")).toBe("pending");
    expect(await status("workflow", "status", ids.failed)).toBe("failed");
    expect(await status("workflow", "pause", ids.pending)).toBe("paused");
    expect(await status("workflow", "rollback", ids.failed, "--yes")).toBe("rolledBack");
  });

  it("refuses what the real one refuses", async () => {
    for (const words of [
      ["workflow", "pause", ids.failed],
      ["workflow", "rollback", ids.pending, "--yes"],
      ["workflow", "retry", ids.pending, "--yes"],
      ["workflow", "skip", ids.paused, "nope"],
    ]) {
      const checked = await run(...words, "--check");
      const real = await run(...words);
      const refusal = ({ code, stderr }: Result) => [words[1], code, stderr.split("\n").find((line) => line.startsWith("✗"))];
      expect(refusal(checked)).toEqual(refusal(real));
      expect(checked.code).not.toBe(0);
    }
  });
});
