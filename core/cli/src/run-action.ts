/**
 * Runs one action for a command: builds its context, shows progress and errors on stderr, turns the outcome into an exit code.
 *
 * Ctrl-C once lets running operations finish and starts nothing more; twice stops what runs and waits until it is gone, on servers too; three
 * times does not wait.
 */

import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { text } from "node:stream/consumers";
import { type ActionContext, noteUse, platformLayout } from "@provisioning/actions";
import { type Plan, ProvisioningError, systemClock } from "@provisioning/model";
import { askService } from "./ask-service.js";
import type { CliContext } from "./cli-context.js";
import { EXIT, type ExitCode, exitCodeOf, withWarnings } from "./exit-codes.js";
import type { OutputFormat } from "./output.js";
import { storageValues } from "./storage-flags.js";
import { createProgress } from "./views/progress/progress.js";
import { writeError } from "./views/write-error.js";

export interface CommonFlags {
  readonly workspace?: string | undefined;
  readonly env?: string | undefined;
  readonly debug?: boolean | undefined;
  readonly plan?: string | undefined;
  readonly provider?: string | undefined;
  /** A file with configuration values for this one command. */
  readonly settings?: string | undefined;
  readonly output?: OutputFormat | undefined;
  /** It writes nothing at all. */
  readonly check?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Warnings are no success. */
  readonly strict?: boolean | undefined;
}

export interface RunActionOptions {
  /** It changes nothing and goes on until it is ended: Ctrl-C is how that is done. */
  readonly isWatching?: boolean;
  /** It runs a program that hears the signals itself: nothing is said of them, and the exit code is that program's. */
  readonly runsProgram?: boolean;
}

export async function runAction(
  cli: CliContext,
  flags: CommonFlags,
  work: (context: ActionContext) => Promise<ExitCode | undefined>,
  confirm: (plan: Plan) => Promise<boolean> = () => Promise.resolve(false),
  { isWatching = false, runsProgram = false }: RunActionOptions = {},
): Promise<void> {
  const progress = createProgress(cli, () => systemClock.now());
  const interrupts = watchInterrupts(
    (text) => {
      if (!isWatching && !runsProgram) progress.show({ type: "warning", text });
    },
    () => {
      progress.stop();
      cli.process.stderr.write("Left without waiting. Run the same command again to go on.\n");
      process.exit(EXIT.interrupted);
    },
  );
  let isWarned = false;
  let noting: Promise<void> | undefined;
  const workspaceUsed = (root: string): void => {
    noting ??= noteUse({ environment: cli.process.env, clock: systemClock }, root);
  };
  try {
    const context = await actionContext(cli, flags, {
      signal: interrupts.signal,
      drain: interrupts.drain,
      report: (event) => {
        isWarned ||= event.type === "warning";
        progress.show(event);
      },
      confirm,
      ...(flags.check === true || flags.dryRun === true ? {} : { workspaceUsed }),
    });
    if (cli.view.verbose || flags.debug === true) progress.show({ type: "note", text: `trace ${context.traceId ?? ""}` });
    const code = (await work(context)) ?? EXIT.ok;
    const isInterrupted = interrupts.drain.aborted && !runsProgram;
    cli.process.exitCode = isInterrupted ? EXIT.interrupted : withWarnings(code, flags.strict, isWarned);
  } catch (error) {
    progress.stop();
    if (interrupts.signal.aborted) {
      cli.process.stderr.write("Stopped. Run the same command again to go on.\n");
      cli.process.exitCode = EXIT.interrupted;
      return;
    }
    writeError(cli, error, flags.debug === true);
    cli.process.exitCode = error instanceof ProvisioningError ? exitCodeOf(error) : EXIT.failure;
  } finally {
    progress.stop();
    await noting;
    // Takes the sign of life away from whoever wrote nothing.
    cli.process.stderr.write("");
    interrupts.close();
  }
}

/** What an action is given: where the platform is, who asks from where, and the parts that say how it is watched. */
export async function actionContext(
  cli: CliContext,
  flags: CommonFlags,
  watch: Pick<ActionContext, "signal" | "drain" | "report" | "confirm" | "workspaceUsed">,
): Promise<ActionContext> {
  const wanted = flags.workspace ?? cli.process.env.PROVISIONING_WORKSPACE;
  const context = {
    platform: platformLayout(cli.platformRoot),
    platformVersion: cli.version,
    clock: systemClock,
    environment: cli.process.env,
    currentDir: cli.currentDir,
    ...(wanted === undefined || wanted === "" ? {} : { workspace: wanted }),
    ...(flags.env === undefined ? {} : { env: flags.env }),
    flags: {
      ...(await settingsIn(cli, flags)),
      ...(flags.plan === undefined ? {} : { "servers.default_plan": flags.plan }),
      ...(flags.provider === undefined ? {} : { "providers.default": flags.provider }),
      ...storageValues(flags),
    },
    readInput: inputReader(cli),
    traceId: randomBytes(16).toString("hex"),
    ...printedLog(cli, flags),
    command: ["provisioning", ...cli.words].join(" "),
    holder: `${userInfo().username}@${hostname()} (pid ${process.pid})`,
    ...watch,
  };
  const ask = askService(context);
  return ask === undefined ? context : { ...context, askService: ask };
}

/** Values of a file count as flags of this command; a flag that is typed wins over them. @throws ConfigSyntaxError, ProvisioningError `SETTINGS_MISSING` */
async function settingsIn(cli: CliContext, { settings }: CommonFlags): Promise<Readonly<Record<string, unknown>>> {
  if (settings === undefined) return {};
  const [{ readFile }, path, { parseLayer }] = await Promise.all([
    import("node:fs/promises"),
    import("node:path"),
    import("@provisioning/config"),
  ]);
  const file = path.resolve(cli.currentDir, settings);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const missing = {
      code: "SETTINGS_MISSING",
      message: `${settings} cannot be read.`,
      hint: "Name a YAML or TOML file of settings.",
    };
    throw new ProvisioningError(missing, { cause });
  });
  return Object.fromEntries((await parseLayer("flags", file, text)).values);
}

/** A terminal shows the progress instead, and what a program reads is the result alone. */
function printedLog({ process: { stdout } }: CliContext, { output }: CommonFlags): Pick<ActionContext, "log"> {
  if (stdout.isTTY === true || (output !== undefined && output !== "table")) return {};
  return {
    log(line) {
      stdout.write(`${line}\n`);
    },
  };
}

/** Standard input can be read once; whoever asks later gets the same text. A terminal is not waited for. */
function inputReader({ stdin }: CliContext): () => Promise<string> {
  let reading: Promise<string> | undefined;
  return () => (reading ??= stdin.isTTY === true ? Promise.resolve("") : text(stdin));
}

interface Interrupts {
  readonly signal: AbortSignal;
  readonly drain: AbortSignal;
  close(): void;
}

/** SIGTERM counts as Ctrl-C. */
function watchInterrupts(tell: (text: string) => void, leave: () => never): Interrupts {
  const stop = new AbortController();
  const drain = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) leave();
    if (drain.signal.aborted) {
      tell("Stopping at once, as soon as servers have ended what runs there. Ctrl-C again does not wait for them.");
      stop.abort(new ProvisioningError({ code: "INTERRUPTED", message: "Interrupted.", retry: "later" }));
      return;
    }
    tell("Finishing what is under way, then stopping. Ctrl-C again stops at once.");
    drain.abort(new ProvisioningError({ code: "INTERRUPTED", message: "Interrupted.", retry: "later" }));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: stop.signal,
    drain: drain.signal,
    close() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
