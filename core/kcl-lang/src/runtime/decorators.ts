/** The decorators `@deprecated` and `@info`. */
import type { Decorator } from "../syntax/ast.js";
import { compileArguments } from "./compile-call.js";
import type { Environment } from "./environment.js";
import { isTrue } from "./inspect.js";
import type { Machine } from "./machine.js";
import type { StaticScope } from "./static-scope.js";
import type { Arguments, Value } from "./values.js";

export type DecoratorCode = (machine: Machine, environment: Environment) => void;

export const decoratorNames: ReadonlySet<string> = new Set(["deprecated", "info"]);

export function compileDecorator(node: Decorator, subject: string, scope: StaticScope): DecoratorCode {
  const args = compileArguments(node.args, node.keywords, scope);
  if (node.name !== "deprecated") return () => undefined;
  return (machine, environment) => {
    const place = machine.place;
    const given = args(machine, environment);
    machine.place = place;
    deprecated(machine, subject, given);
  };
}

/** Fails, or with `strict=False` only warns. */
function deprecated(machine: Machine, subject: string, args: Arguments): void {
  const argument = (index: number, name: string): Value => args.positional[index] ?? args.named.get(name);
  const version = argument(0, "version");
  const reason = argument(1, "reason");
  const strict = args.positional[2] ?? args.named.get("strict");
  const since = typeof version === "string" && version !== "" ? `since version ${version}` : "";
  const why = typeof reason === "string" && reason !== "" ? `, ${reason}` : "";
  const text = `${subject} was deprecated ${since}${why}`;
  if (strict === undefined || isTrue(strict)) machine.fail(text);
  machine.warn(text);
}
