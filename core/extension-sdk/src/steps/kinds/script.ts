/** A shell script of the taskserv's own, with the same guards as a command. */

import { choice, condition, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { commandFields, guardedProgram, guardProblems, guardSubscriptions, runsScript } from "../guarded-command.js";

export const scriptKind = defineKind({
  kind: "script",
  schema: "Script",
  doc: "A shell script, run when its guards say so. At least one of creates, unless, only_if, on_change is needed.",
  fields: {
    script: text("The script. It stops at the first failing command.", { pattern: /\S/, mustBe: "a script" }),
    interpreter: withDefault(choice("What runs it.", ["sh", "bash"]), "sh"),
    ...commandFields(condition),
  },
  check: guardProblems,
  compile: (step, context) => guardedProgram(step, runsScript(step, context), context),
  title: (step) => `Run the script ${step.id}`,
  subscribes: guardSubscriptions,
});
