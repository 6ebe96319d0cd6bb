/** A variable has one annotated type. Where a later annotation contradicts it, that one counts, and both places are named. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type { AssignStatement } from "../syntax/ast.js";
import { isAssignable } from "./assignable.js";
import type { Checker } from "./checker.js";
import { flatten } from "./declare.js";
import { type Type, typeText } from "./types.js";

export interface Annotation {
  readonly type: Type;
  readonly at: Place;
}

/** The annotations that count, by name. */
export function checkAnnotations(checker: Checker): ReadonlyMap<string, Annotation> {
  const annotations = new Map<string, Annotation>();
  for (const statement of checker.pkg.modules.flatMap((module) => [...flatten(module.body)])) {
    if (statement.kind !== "assign") continue;
    const annotation = annotationOf(checker, statement);
    if (annotation === undefined) continue;
    const { name } = statement.targets[0]!;
    const before = annotations.get(name);
    if (before !== undefined && isAssignable(annotation.type, before.type)) continue;
    if (before !== undefined) reportChange(checker, name, annotation.at, before.type, before);
    annotations.set(name, annotation);
  }
  return annotations;
}

/** The type that an assignment's value must have, if it is not the one written there. */
export function overruled(checker: Checker, statement: AssignStatement): Annotation | undefined {
  const own = annotationOf(checker, statement);
  const valid = own === undefined ? undefined : checker.annotations.get(statement.targets[0]!.name);
  return own === undefined || valid === undefined || isAssignable(own.type, valid.type) ? undefined : valid;
}

function annotationOf(checker: Checker, statement: AssignStatement): Annotation | undefined {
  const [target] = statement.targets;
  if (statement.type === undefined || target === undefined || target.path.length > 0) return undefined;
  return { type: checker.resolve(statement.type), at: target.at };
}

export function reportChange(checker: Checker, name: string, at: Place, to: Type, valid: Annotation): void {
  checker.report(kinds.type, `can not change the type of '${name}' to ${typeText(to)}`, at, {
    secondary: [{ message: `expected ${typeText(valid.type)}`, position: valid.at }],
  });
}
