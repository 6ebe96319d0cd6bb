/** A value of this server that taskservs on other servers can use. */

import { flag, optional, path, text, withDefault, words } from "../field.js";
import { defineKind } from "../kind.js";
import { call, onWhen } from "../managed-file.js";
import { quote, quoteWords } from "../../shell/quote.js";

export const outputKind = defineKind({
  kind: "output",
  schema: "Output",
  doc: "Reports a value (a join token, a certificate) that later taskservs on other servers read from `peers`.",
  fields: {
    name: text("Name of the value.", { pattern: /^[a-z][a-z0-9_]{0,62}$/, mustBe: "a lower-case name with digits and _" }),
    path: optional(path("A file whose content it is.")),
    command: optional(words("A command whose output it is.")),
    secret: withDefault(flag("Never shown, logged or stored in the open."), false),
    mutates: withDefault(flag("The command changes something (makes a token): not run in check."), false),
  },
  check: (step) =>
    (step.path === undefined) === (step.command === undefined)
      ? [{ field: "path", detail: "or command must be given, one of them." }]
      : [],
  compile(step, context) {
    const read = step.path === undefined ? `timeout -k 5 60 ${quoteWords(step.command ?? [])}` : `cat -- ${quote(step.path)}`;
    const emit = call("output_emit", `${context.prefix}_read`, context.taskserv, step.id, step.name, onWhen(step.secret));
    return {
      look: step.mutates ? `[ "$MODE" != check ] && ${emit}` : emit,
      change: call("output_fail", `${context.prefix}_read`),
      diff: call("echo", `report ${step.name}`),
      verify: ":",
      definitions: `${context.prefix}_read() {\n${read}\n}`,
      passive: true,
      skipInCheck: true,
      sources: ["output"],
    };
  },
  title: (step) => `Report ${step.name}`,
});
