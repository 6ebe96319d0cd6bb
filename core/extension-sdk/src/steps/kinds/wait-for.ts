/** Waits until something is so. Changes nothing. */

import { choice, condition, integer, optional, path, text, withDefault } from "../field.js";
import { defineKind } from "../kind.js";
import { call } from "../managed-file.js";
import { quote, quoteWords } from "../../shell/quote.js";

export const waitForKind = defineKind({
  kind: "wait_for",
  schema: "WaitFor",
  doc: "Waits for a port, a path or a command; fails after a time limit.",
  fields: {
    port: optional(integer("A TCP port that accepts connections.", 1, 65_535)),
    host: withDefault(
      text("Where the port is.", { pattern: /^[A-Za-z0-9:._-]+$/, mustBe: "a host name or address" }),
      "127.0.0.1",
    ),
    path: optional(path("A path that exists.")),
    command: optional(condition("A command that succeeds. Must change nothing.")),
    state: withDefault(choice("Wait until it is so, or until it is no longer so.", ["present", "absent"]), "present"),
    timeout_seconds: withDefault(integer("Given up after this long.", 1, 86_400), 60),
    interval_seconds: withDefault(integer("Between two looks.", 1, 3_600), 1),
  },
  check: (step) => {
    const given = [step.port, step.path, step.command].filter((value) => value !== undefined).length;
    return given === 1 ? [] : [{ field: "port", detail: "or path or command must be given, exactly one of them." }];
  },
  compile(step, context) {
    const { test, what } = waitedFor(step);
    const look = step.state === "absent" ? `! ${test}` : test;
    const sentence = `${what} ${step.state === "absent" ? "is still there" : "is not there"} after ${step.timeout_seconds} seconds.`;
    return {
      look,
      change: call("wait_until", `${context.prefix}_look`, step.timeout_seconds, step.interval_seconds, sentence),
      diff: call("echo", `wait for ${what}${step.state === "absent" ? " to go away" : ""}`),
      verify: ":",
      passive: true,
      sources: ["wait-for"],
    };
  },
  title: (step) => `Wait for ${waitedFor(step).what}`,
});

function waitedFor(step: {
  readonly port: number | undefined;
  readonly host: string;
  readonly path: string | undefined;
  readonly command: string | readonly string[] | undefined;
}) {
  if (step.port !== undefined)
    return { test: call("port_answers", step.host, step.port), what: `port ${step.port} of ${step.host}` };
  if (step.path !== undefined) return { test: `[ -e ${quote(step.path)} ]`, what: step.path };
  const words = typeof step.command === "string" ? `sh -c ${quote(step.command)}` : quoteWords(step.command ?? []);
  return { test: `timeout 60 ${words} </dev/null >/dev/null 2>&1 3>&- 9>&-`, what: "the command" };
}
