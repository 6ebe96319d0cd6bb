/** A health check: a command that succeeds, perhaps with an expected output, tried several times. */

import { type Diagnostic, isJsonObject, type Json } from "@provisioning/model";
import { condition, type FieldValues, flag, integer, line, optional, text, withDefault } from "./field.js";
import type { FieldProblem } from "./kind.js";
import { type ParseWhere, readFields } from "./parse.js";

export const healthCheckFields = {
  id: text("Unique within the taskserv.", {
    pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    mustBe: "lower-case letters, digits and inner hyphens",
  }),
  title: optional(line("For people.")),
  command: condition("What to run: words, or a line for sh."),
  expect: optional(text("Text that must occur in its output.")),
  expect_pattern: optional(line("Extended regular expression that a line of its output must match.")),
  timeout_seconds: withDefault(integer("For one try.", 1, 3_600), 10),
  retries: withDefault(integer("Further tries after the first.", 0, 1_000), 5),
  interval_seconds: withDefault(integer("Between two tries.", 1, 600), 2),
  mutates: withDefault(flag("It writes something: not run in check."), false),
};

export type HealthCheck = FieldValues<typeof healthCheckFields>;

export interface ParsedHealthChecks {
  readonly checks: readonly HealthCheck[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Findings have the code STEP_INVALID. */
export function parseHealthChecks(value: Json | undefined, where: ParseWhere): ParsedHealthChecks {
  if (value === undefined || value === null) return { checks: [], diagnostics: [] };
  const items: readonly Json[] = Array.isArray(value) ? value : [value as Json];
  const checks: HealthCheck[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const problems: FieldProblem[] = [];
    if (!isJsonObject(item)) problems.push({ field: "id", detail: "is missing: a health check is a map." });
    const check = isJsonObject(item) ? (readFields(item, healthCheckFields, problems, ["kind"]) as HealthCheck) : undefined;
    if (check && seen.has(check.id)) problems.push({ field: "id", detail: "is used by an earlier check too." });
    for (const problem of problems) {
      const position = where.position?.(index, problem.field);
      diagnostics.push({
        severity: "error",
        code: "STEP_INVALID",
        summary: `${where.taskserv}: health check ${check?.id || index + 1}, ${problem.field}`,
        detail: `The attribute ${problem.field} ${problem.detail}`,
        ...(position === undefined ? {} : { position }),
      });
    }
    if (!check || problems.length > 0) return;
    seen.add(check.id);
    checks.push(check);
  });
  return { checks, diagnostics };
}
