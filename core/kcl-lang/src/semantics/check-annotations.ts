/** A variable has one annotated type. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Checker } from "./checker.js";
import { flatten } from "./declare.js";
import { isAssignable } from "./assignable.js";
import { type Type, typeText } from "./types.js";
import type { Place } from "../diagnostics/place.js";

export function checkAnnotations(checker: Checker): void {
  const first = new Map<string, { readonly type: Type; readonly at: Place }>();
  for (const statement of checker.pkg.modules.flatMap((module) => [...flatten(module.body)])) {
    if (statement.kind !== "assign" || statement.type === undefined) continue;
    const [target] = statement.targets;
    if (target === undefined || target.path.length > 0) continue;
    const type = checker.resolve(statement.type);
    const before = first.get(target.name);
    if (before === undefined) first.set(target.name, { type, at: target.at });
    else if (!isAssignable(type, before.type)) {
      const text = typeText(before.type);
      checker.report(kinds.type, `can not change the type of '${target.name}' to ${text}`, target.at, {
        secondary: [{ message: `expected ${text}`, position: before.at }],
      });
    }
  }
}
