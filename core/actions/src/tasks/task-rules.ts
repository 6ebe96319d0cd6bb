/** A task as the compiler of workflows knows it. */

import { type JsonObject, nearest } from "@provisioning/model";
import { type ParamProblem, type TaskRules, withoutOpen } from "@provisioning/planner";
import en from "zod/v4/locales/en.js";
import type { ZodMiniType } from "zod/mini";
import type { AnnouncedTask, AnyTask, TaskFacts } from "./task.js";

export function rulesOf(task: AnyTask | AnnouncedTask, facts: TaskFacts): TaskRules {
  if ("reason" in task) return { ...NOTHING, announced: task.reason };
  const { programs = [], secrets = [], isExclusive = false, needs, gives, offers } = task;
  return {
    programs,
    secrets,
    isExclusive,
    check: (params) => checkParams(task, params, facts),
    needs: (params) => needs?.(params) ?? [],
    gives: (params) => gives?.(params),
    offers: (params) => offers?.(params, facts) ?? [],
  };
}

const NOTHING: TaskRules = {
  programs: [],
  secrets: [],
  isExclusive: false,
  check: () => [],
  needs: () => [],
  gives: () => undefined,
};

function checkParams(task: AnyTask, params: JsonObject, facts: TaskFacts): readonly ParamProblem[] {
  const problems = withoutOpen(schemaProblems(task.params, params), params);
  return problems.length > 0 ? problems : (task.check?.(params, facts) ?? []);
}

const error = en().localeError;

/** What does not fit the schema, in words. */
export function schemaProblems(schema: ZodMiniType<unknown>, params: JsonObject): readonly ParamProblem[] {
  const parsed = schema.safeParse(params, { error });
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue): readonly ParamProblem[] => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownParam(schema, key));
    const path = issue.path.filter((part): part is string | number => typeof part !== "symbol");
    return [{ path, summary: `${path.join(".") || "params"}: ${issue.message}.` }];
  });
}

function unknownParam(schema: ZodMiniType<unknown>, key: string): ParamProblem {
  const known = "shape" in schema ? Object.keys(schema.shape as object) : [];
  const suggestion = nearest(key, known);
  return {
    path: [key],
    summary: `the task has no parameter ${JSON.stringify(key.slice(0, 80))}.`,
    hint: suggestion === undefined ? `It has: ${known.join(", ") || "none"}.` : `Did you mean ${suggestion}?`,
  };
}
