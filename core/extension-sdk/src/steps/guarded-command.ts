/** Commands with guards: what the kinds `command` and `script` share. */

import { hereDocument, quote, quoteWords } from "../shell/quote.js";
import { account, type Field, integer, list, optional, path, text, textMap, withDefault } from "./field.js";
import type { CompileContext, FieldProblem, Reaction, StepProgram } from "./kind.js";
import { stepReference } from "./kinds/service.js";

const ENVIRONMENT_NAME = { pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, mustBe: "a name of an environment variable" };
/** A condition is a question; one that takes longer hangs. */
const CONDITION_TIMEOUT_SECONDS = 60;

export interface Guarded {
  readonly id: string;
  readonly creates: string | undefined;
  readonly unless: string | readonly string[] | undefined;
  readonly only_if: string | readonly string[] | undefined;
  readonly on_change: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly user: string | undefined;
  readonly stdin: string | undefined;
  readonly timeout_seconds: number;
  readonly success_codes: readonly number[];
}

export function commandFields(condition: (doc: string) => Field<string | readonly string[]>) {
  return {
    creates: optional(path("A path it makes: not run when it exists, failed when it does not exist afterwards.")),
    unless: optional(condition("Not run when this succeeds. Must change nothing.")),
    only_if: optional(condition("Run only when this succeeds. Must change nothing.")),
    on_change: withDefault(list(stepReference, "Run only when one of these earlier steps changed something."), []),
    env: withDefault(textMap("Environment variables.", ENVIRONMENT_NAME), {}),
    cwd: optional(path("Working folder.")),
    user: optional(account("Run as this user.")),
    stdin: optional(text("What it reads.")),
    timeout_seconds: withDefault(integer("Stopped after this long.", 1, 86_400), 600),
    success_codes: withDefault(list(integer("An exit code.", 0, 255), "Exit codes that mean success.", { min: 1 }), [0]),
  };
}

export function guardProblems(step: Guarded): readonly FieldProblem[] {
  const guarded =
    step.creates !== undefined || step.unless !== undefined || step.only_if !== undefined || step.on_change.length > 0;
  if (guarded) return [];
  return [{ field: "creates", detail: "or unless, only_if or on_change is needed: without one the step would run every time." }];
}

export function guardSubscriptions(step: Guarded) {
  return step.on_change.map((source) => ({ source, reaction: "run" as Reaction, field: "on_change" }));
}

/** The words to run, and functions they need. */
export interface Runnable {
  readonly words: string;
  readonly definitions: string;
}

export function runsWords(words: readonly string[]): Runnable {
  return { words: quoteWords(words), definitions: "" };
}

/** The script is a file in the scratch folder: an argument would show its text, and secrets in it, to every user of the server. */
export interface ScriptToRun {
  readonly script: string;
  readonly interpreter: string;
  readonly user: string | undefined;
}

export function runsScript({ script, interpreter, user }: ScriptToRun, context: CompileContext): Runnable {
  const content = `${context.prefix}_script`;
  const runner = interpreter === "sh" ? quote(context.scriptRunner) : interpreter;
  return {
    words: `${runner} -e "$(script_file ${content} ${quote(user ?? "")})"`,
    definitions: `${content}() {\n${hereDocument(script)}\n}`,
  };
}

export function guardedProgram(step: Guarded, run: Runnable, context: CompileContext): StepProgram {
  const stdin = `${context.prefix}_stdin`;
  const input = step.stdin === undefined ? "</dev/null" : `<"$T/stdin"`;
  const codes = step.success_codes.join("|");
  return {
    look: guardLook(step, context),
    change: [
      ...setting(step),
      ...(step.stdin === undefined ? [] : [`(umask 077; ${stdin} >"$T/stdin")`]),
      `status=0\n${asUser(step)}timeout -k 10 ${step.timeout_seconds} ${run.words} ${input} || status=$?`,
      `case $status in ${codes}) ;; 124) fail TIMEOUT ${quote(`The command did not end within ${step.timeout_seconds} seconds.`)} ;; *) exit $status ;; esac`,
      context.clearPending,
    ].join("\n"),
    diff: `echo ${quote(`run ${step.id}`)}`,
    verify: step.creates === undefined ? ":" : `[ -e ${quote(step.creates)} ]`,
    definitions: [run.definitions, step.stdin === undefined ? "" : `${stdin}() {\n${hereDocument(step.stdin)}\n}`]
      .filter(Boolean)
      .join("\n"),
    sources: ["commands"],
  };
}

/** The first guard that says "not needed" ends the look. */
function guardLook(step: Guarded, context: CompileContext): string {
  const lines: string[] = [];
  if (step.on_change.length > 0) lines.push(`${context.pending("run")} || return 0`);
  if (step.creates !== undefined) lines.push(`[ ! -e ${quote(step.creates)} ] || return 0`);
  if (step.unless !== undefined) lines.push(`! ${conditionTest(step.unless, step)} || return 0`);
  if (step.only_if !== undefined) lines.push(`${conditionTest(step.only_if, step)} || return 0`);
  return [...lines, "return 1"].join("\n");
}

function conditionTest(test: string | readonly string[], step: Guarded): string {
  const words = typeof test === "string" ? `sh -c ${quote(test)}` : quoteWords(test);
  return `(${[...setting(step), `${asUser(step)}timeout ${CONDITION_TIMEOUT_SECONDS} ${words}`].join("; ")}) </dev/null >/dev/null 2>&1 3>&- 9>&-`;
}

/** Exported, not given to env(1): arguments of a process are public. */
function setting(step: Pick<Guarded, "env" | "cwd">): string[] {
  const exports = Object.entries(step.env).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...exports, ...(step.cwd === undefined ? [] : [`cd ${quote(step.cwd)} || exit 1`])];
}

function asUser(step: Pick<Guarded, "user">): string {
  return step.user === undefined ? "" : `as_user ${quote(step.user)} `;
}
