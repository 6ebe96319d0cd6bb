/**
 * The step compiler: all steps for one server become one POSIX sh program.
 *
 * The program is sent over one connection to `sh -s`. Its last line starts it, so a program that arrives only in part does nothing.
 * It takes the lock of the server, looks everything up in bulk, then works through the sections, and reports one JSON line for
 * everything that happens (see `report/`). What it needs of the server is POSIX tools, coreutils and flock.
 */

import { invariant, ProvisioningError } from "@provisioning/model";
import { quote, quoteWords } from "../shell/quote.js";
import { type ShellSource, shellSources } from "../shell/sources.generated.js";
import type { BulkLooks } from "../steps/kind.js";
import { compileSection, type ProgramSection } from "./section.js";

/**
 * `apply` makes it so; `check` says what would change and changes nothing; `health` runs only the health checks; `remove` runs
 * steps (of remove lists) without health checks.
 */
export type ProgramMode = "apply" | "check" | "health" | "remove";

/** Where a program keeps what it needs on a server. */
export interface ServerPaths {
  readonly lockFile: string;
  /** Survives reboots: marks of pending restarts, digests of unpacked archives. */
  readonly stateDir: string;
  /** In memory, so that a full disk can still be reported. */
  readonly scratchDir: string;
}

export const SERVER_PATHS: ServerPaths = {
  lockFile: "/run/lock/provisioning.lock",
  stateDir: "/var/lib/provisioning",
  scratchDir: "/run",
};

/** A second try, because a service that was just restarted may not answer yet. */
const CHECK_HEALTH_TRIES = 2;

/** Long installations hold the lock; whoever waits longer is better told. */
const LOCK_WAIT_SECONDS = 600;

export interface ProgramOptions {
  /** In the order they run. A taskserv's requirements come before it. */
  readonly sections: readonly ProgramSection[];
  readonly mode: ProgramMode;
  /** Secret values that occur in the steps. Files that hold one show no diff. They are not added to the program. */
  readonly secrets?: readonly string[];
  readonly paths?: ServerPaths;
  /** How long to wait for another program on the same server. Default 600. */
  readonly lockWaitSeconds?: number;
  /** What runs the scripts of steps that ask for `sh`: called as that is, `RUNNER -e FILE`. Default `sh`. */
  readonly scriptRunner?: string;
}

/** @throws ProvisioningError `STEP_INVALID` when a value cannot be sent to a shell */
export function compileProgram(options: ProgramOptions): string {
  const { mode, paths = SERVER_PATHS, secrets = [], scriptRunner = "sh" } = options;
  checkSections(options.sections);
  let count = 0;
  const numbering = { next: () => ++count };
  const sections = options.sections.map((section) =>
    compileSection(section, numbering, {
      secrets: secrets.filter((secret) => secret !== ""),
      scriptRunner,
      withSteps: mode !== "health",
      withHealth: mode !== "remove",
      // A look does not wait for something to become healthy.
      ...(mode === "check" ? { maxHealthTries: CHECK_HEALTH_TRIES } : {}),
    }),
  );
  const programs = sections.flatMap((section) => section.programs);
  const sources = new Set([
    "report",
    "session",
    "facts",
    "looks",
    "driver",
    ...programs.flatMap((program) => program.sources ?? []),
  ]);
  return [
    HELLO,
    ...[...sources].map(shellSource),
    `MODE=${mode === "remove" ? "apply" : mode}`,
    `STATE=${quote(paths.stateDir)}`,
    ...sections.map((section) => section.definitions),
    "main() {",
    "tick",
    "program_began=$clock",
    `lock ${quote(paths.lockFile)} ${mode === "check" || mode === "health" ? "shared" : "exclusive"} ${options.lockWaitSeconds ?? LOCK_WAIT_SECONDS}`,
    `begin ${quote(paths.scratchDir)}`,
    ...(mode === "apply" || mode === "remove" ? ["recover"] : []),
    "facts",
    ...bulkCalls(programs.map((program) => program.bulk ?? {})),
    ...sections.map((section) => section.calls),
    "summary",
    "}",
    "main </dev/null; exit $?",
    "",
  ].join("\n");
}

/**
 * Runs while the rest is still on its way: descriptor 3 is for reports, everything else that is printed goes to standard error; and the
 * session is named, so that whoever started it can end it with everything it started.
 */
const HELLO = [
  "exec 3>&1 1>&2",
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "LC_ALL=C.UTF-8",
  ': "${HOME:=/root}"',
  "export PATH LC_ALL HOME",
  "cd /",
  "unset LANG LANGUAGE CDPATH ENV",
  "read -r _ _ _ _ group session _ 2>/dev/null </proc/$$/stat",
  `printf '{"type":"start","pid":%s,"session":%s}\\n' $$ "\${session:-0}" >&3`,
].join("\n");

function bulkCalls(looks: readonly BulkLooks[]): string[] {
  const gather = (pick: (look: BulkLooks) => readonly string[] | undefined) => [
    ...new Set(looks.flatMap((look) => pick(look) ?? [])),
  ];
  const calls: readonly (readonly [string, readonly string[]])[] = [
    ["bulk_packages", gather((look) => look.packages)],
    ["bulk_units", gather((look) => look.units)],
    ["bulk_paths", gather((look) => look.paths)],
    ["bulk_digests", gather((look) => look.digests)],
    ["bulk_users", gather((look) => look.users)],
  ];
  return calls.filter(([, names]) => names.length > 0).map(([name, names]) => `${name} ${quoteWords(names)}`);
}

function shellSource(name: string): string {
  const source = (shellSources as Readonly<Record<string, string>>)[name as ShellSource];
  invariant(source !== undefined, `no shell source ${name}`);
  return source;
}

function checkSections(sections: readonly ProgramSection[]): void {
  const seen = new Set<string>();
  for (const { taskserv } of sections) {
    invariant(/^[a-z0-9][a-z0-9-]*$/.test(taskserv), `bad taskserv name ${taskserv}`);
    if (seen.has(taskserv)) {
      throw new ProvisioningError({ code: "STEP_INVALID", message: `The taskserv ${taskserv} is twice in one program.` });
    }
    seen.add(taskserv);
  }
}
