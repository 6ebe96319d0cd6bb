/** The part of a program that belongs to one taskserv. */

import { type AnyStepKind, type Step, stepKind } from "../steps/registry.js";
import type { HealthCheck } from "../steps/health-check.js";
import type { CompileContext, Reaction, StepProgram, Subscription } from "../steps/kind.js";
import { call } from "../steps/managed-file.js";
import { hereDocument, quoteWords } from "../shell/quote.js";
import { invariant } from "@provisioning/model";

export interface ProgramSection {
  /** Name of the taskserv. */
  readonly taskserv: string;
  readonly version: string;
  readonly steps: readonly Step[];
  readonly health: readonly HealthCheck[];
  /** Taskservs this one needs: when one of them is in the program and failed, this section is skipped. */
  readonly requires?: readonly string[];
}

export interface CompiledSection {
  readonly definitions: string;
  /** The calls, in order. */
  readonly calls: string;
  readonly programs: readonly StepProgram[];
}

/** Numbers that are unique in the whole program. */
export interface Numbering {
  next(): number;
}

export interface SectionOptions {
  readonly secrets: readonly string[];
  readonly scriptRunner: string;
  readonly withSteps: boolean;
  readonly withHealth: boolean;
  /** At most so many tries of a health check, whatever it asks for. */
  readonly maxHealthTries?: number;
}

export function compileSection(section: ProgramSection, numbering: Numbering, options: SectionOptions): CompiledSection {
  const steps = options.withSteps ? section.steps : [];
  const indexes = new Map(steps.map((step) => [step.id, numbering.next()]));
  const subscriptions = steps.flatMap(subscriptionsOf);
  const programs: StepProgram[] = [];
  const definitions: string[] = [];
  const calls = [call("section", section.taskserv, ...(section.requires ?? []))];
  for (const step of steps) {
    const index = indexes.get(step.id) as number;
    const context = contextOf(section.taskserv, step, indexes, subscriptions, options);
    const program = kindOf(step).compile(step, context);
    programs.push(program);
    definitions.push(stepFunctions(context.prefix, program, marksOf(section.taskserv, step, subscriptions)));
    calls.push(call("step", index, step.id, program.passive ? "1" : "", program.skipInCheck ? "1" : ""));
  }
  for (const check of options.withHealth ? section.health : []) {
    const index = numbering.next();
    definitions.push(healthFunction(index, check));
    calls.push(
      call(
        "health",
        index,
        check.id,
        Math.min(check.retries + 1, options.maxHealthTries ?? Number.POSITIVE_INFINITY),
        check.interval_seconds,
        check.mutates ? "1" : "",
      ),
    );
  }
  return { definitions: definitions.join("\n"), calls: calls.join("\n"), programs };
}

function kindOf(step: Step): AnyStepKind {
  const kind = stepKind(step.kind);
  invariant(kind !== undefined, `unknown step kind ${step.kind}`);
  return kind;
}

function subscriptionsOf(step: Step): Subscription[] {
  const reactions = kindOf(step).subscribes?.(step) ?? [];
  return reactions.map(({ source, reaction }) => ({ source, subscriber: step.id, reaction }));
}

function contextOf(
  taskserv: string,
  step: Step,
  indexes: ReadonlyMap<string, number>,
  subscriptions: readonly Subscription[],
  { secrets, scriptRunner }: SectionOptions,
): CompileContext {
  const name = `${taskserv}/${step.id}`;
  const sources = (reaction: Reaction) =>
    subscriptions
      .filter((entry) => entry.subscriber === step.id && entry.reaction === reaction)
      .map((entry) => indexes.get(entry.source) ?? 0);
  return {
    taskserv,
    prefix: `s${indexes.get(step.id)}`,
    secrets,
    scriptRunner,
    pending: (reaction) => call("pending", name, reaction, ...sources(reaction)),
    clearPending: call("unmark", name),
  };
}

/** Set before the change, so that a reaction is still due if the program dies right after it. */
function marksOf(taskserv: string, step: Step, subscriptions: readonly Subscription[]): string[] {
  return subscriptions
    .filter((entry) => entry.source === step.id)
    .map((entry) => call("mark", `${taskserv}/${entry.subscriber}`, entry.reaction));
}

function stepFunctions(prefix: string, program: StepProgram, marks: readonly string[]): string {
  const functions = [
    [`${prefix}_look`, program.look],
    [`${prefix}_change`, [...marks, program.change].join("\n")],
    [`${prefix}_diff`, program.diff],
    [`${prefix}_verify`, program.verify ?? `${prefix}_look`],
  ];
  const text = functions.map(([name, body]) => `${name}() {\n${body}\n}`).join("\n");
  return program.definitions ? `${program.definitions}\n${text}` : text;
}

function healthFunction(index: number, check: HealthCheck): string {
  const isScript = typeof check.command === "string";
  const words = typeof check.command === "string" ? 'sh "$T/check"' : quoteWords(check.command);
  const commands = [
    ...(isScript ? [`h${index}_script >"$T/check"`] : []),
    `timeout -k 2 ${check.timeout_seconds} ${words}`,
    ...(check.expect === undefined ? [] : [call("expect_text", check.expect)]),
    ...(check.expect_pattern === undefined ? [] : [call("expect_pattern", check.expect_pattern)]),
  ];
  const script = typeof check.command === "string" ? `h${index}_script() {\n${hereDocument(check.command)}\n}\n` : "";
  return `${script}h${index}() {\n${commands.map((command) => `${command} || return`).join("\n")}\n}`;
}
