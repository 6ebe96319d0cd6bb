/** A command of the taskserv's own. It must say how to tell whether it is needed. */

import { condition, words } from "../field.js";
import { defineKind } from "../kind.js";
import { commandFields, guardedProgram, guardProblems, guardSubscriptions, runsWords } from "../guarded-command.js";

export const commandKind = defineKind({
  kind: "command",
  schema: "Command",
  doc: "A program with arguments, run when its guards say so. At least one of creates, unless, only_if, on_change is needed.",
  fields: { command: words("The program and its arguments; no shell is involved."), ...commandFields(condition) },
  check: guardProblems,
  compile: (step, context) => guardedProgram(step, runsWords(step.command), context),
  title: (step) => `Run ${step.command.join(" ").slice(0, 80)}`,
  subscribes: guardSubscriptions,
});
