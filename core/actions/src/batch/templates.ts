/**
 * Templates of operations: files in Jinja2's language that give a YAML list of operations. They know the infra, the workflow and the
 * environment, so that names and numbers can follow from these.
 */

import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { createTemplateRenderer, readIfThere, TemplateError, type TemplateRenderer } from "@provisioning/config";
import { readDataFile } from "@provisioning/kcl-lang";
import {
  type BatchOperation,
  type BatchWorkflow,
  type Diagnostic,
  DiagnosticsError,
  isJsonObject,
  type Json,
  type JsonObject,
  type OnFailure,
  type SourcePosition,
} from "@provisioning/model";
import { didYouMean } from "@provisioning/planner";
import * as z from "zod/mini";
import { plainJson } from "../kcl/plain-json.js";
import { type InfraSession, withSource } from "../session.js";
import { schemaProblems } from "../tasks/task-rules.js";

/** The fields of `OperationDef` in the KCL package, with its defaults. */
interface OperationText {
  readonly id: string;
  readonly type: BatchOperation["verb"];
  readonly target: BatchOperation["target"];
  readonly providers?: readonly string[];
  readonly items: readonly string[];
  readonly depends_on?: readonly string[];
  readonly parallel?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly on_failure?: OnFailure;
}

const names = z.array(z.string());
const operationSchema: z.ZodMiniType<OperationText> = z.strictObject({
  id: z.string().check(z.minLength(1)),
  type: z.enum(["create", "update", "delete", "check"]),
  target: z.enum(["server", "taskserv", "cluster"]),
  providers: z.exactOptional(names),
  items: names,
  depends_on: z.exactOptional(names),
  parallel: z.exactOptional(z.boolean()),
  timeout: z.exactOptional(z.int().check(z.minimum(1))),
  on_failure: z.exactOptional(z.enum(["fail", "continue", "rollback"])),
});

/** The workflow with the operations of its templates behind its own. `folder`: where it was written. @throws DiagnosticsError with what is wrong in all templates */
export async function expandTemplates(session: InfraSession, workflow: BatchWorkflow, folder: string): Promise<BatchWorkflow> {
  if (workflow.templates.length === 0) return workflow;
  const { root } = session.workspace.layout;
  const render = await createTemplateRenderer();
  const problems: Diagnostic[] = [];
  const operations: BatchOperation[] = [];
  for (const [index, name] of workflow.templates.entries()) {
    const path = await findTemplate(name, [folder, root], root);
    if (path === undefined) problems.push(await unknownTemplate(workflow, index, folder));
    else operations.push(...(await operationsOf(session, workflow, path, render, problems)));
  }
  if (problems.length > 0) throw new DiagnosticsError(await withSource(problems, root));
  return { ...workflow, operations: [...workflow.operations, ...operations], templates: [] };
}

/** Beside the workflow or in the workspace; never outside of it, also not by a link. */
async function findTemplate(name: string, folders: readonly string[], root: string): Promise<string | undefined> {
  const inside = `${await realpath(root)}/`;
  for (const folder of folders) {
    const path = await realpath(resolve(folder, name)).catch(() => undefined);
    if (path?.startsWith(inside) === true && (await readIfThere(path)) !== undefined) return path;
  }
  return undefined;
}

async function unknownTemplate(
  { templates, positions, position }: BatchWorkflow,
  index: number,
  folder: string,
): Promise<Diagnostic> {
  const name = templates[index] as string;
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".j2"));
  const place = positions[`templates.${index}`] ?? positions.templates ?? position;
  return {
    severity: "error",
    code: "BATCH_TEMPLATE_UNKNOWN",
    summary: `There is no template ${name} beside the workflow or in the workspace.`,
    hint: didYouMean(name, files, "Beside the workflow there are"),
    ...(place === undefined ? {} : { position: place }),
  };
}

async function operationsOf(
  session: InfraSession,
  workflow: BatchWorkflow,
  path: string,
  render: TemplateRenderer,
  problems: Diagnostic[],
): Promise<readonly BatchOperation[]> {
  const shown = relative(await realpath(session.workspace.layout.root), path);
  const position = { file: shown, line: 1, column: 1 };
  const wrong = (summary: string, hint?: string) =>
    problems.push({
      severity: "error",
      code: "BATCH_TEMPLATE_INVALID",
      summary,
      position,
      ...(hint === undefined ? {} : { hint }),
    });
  const defaultTimeout = session.config.get("batch.template_timeout_seconds");
  try {
    const text = render(shown, await readFile(path, "utf8"), await valuesFor(session, workflow, path));
    const { documents, diagnostics } = readDataFile(shown, text, "yaml");
    const [unreadable] = diagnostics;
    if (unreadable !== undefined) {
      wrong(`${shown} gives no YAML: ${unreadable.message} (line ${unreadable.position.line} of what it gives).`);
      return [];
    }
    const list = documents.length === 0 ? [] : plainJson(documents[0]?.value ?? null);
    if (Array.isArray(list))
      return (list as readonly Json[]).flatMap((item, index) => operationOf(item, index, { position, defaultTimeout, wrong }));
    wrong(`${shown} gives no list.`, "Write a list of operations: - id: …");
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { line } = error.details;
    problems.push({
      severity: "error",
      code: error.code,
      summary: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      position: { ...position, ...(typeof line === "number" ? { line } : {}) },
    });
  }
  return [];
}

/** `values`: those of the environment, from a file beside the template, `<template>.<environment>.yaml`. */
async function valuesFor(
  { config, desired, infra, context }: InfraSession,
  workflow: BatchWorkflow,
  path: string,
): Promise<JsonObject> {
  const environment = config.environment ?? context.environment.PROVISIONING_ENVIRONMENT ?? "development";
  const stem = basename(path, extname(path));
  const isName = /^[a-z0-9][a-z0-9-]*$/.test(environment);
  const text = isName ? await readIfThere(join(dirname(path), `${stem}.${environment}.yaml`)) : undefined;
  const values = text === undefined ? null : plainJson(readDataFile(stem, text, "yaml").documents[0]?.value ?? null);
  const servers = desired.servers.map(({ name, provider, role, plan, taskservs }) => ({
    name,
    provider,
    role: role ?? "",
    plan,
    taskservs,
  }));
  return {
    infra: { name: infra, servers, taskservs: [...new Set(servers.flatMap((server) => server.taskservs))] },
    workflow: { name: workflow.name },
    environment,
    values: isJsonObject(values) ? values : {},
  };
}

interface OperationPlace {
  readonly position: SourcePosition;
  /** In seconds. */
  readonly defaultTimeout: number;
  readonly wrong: (summary: string, hint?: string) => unknown;
}

function operationOf(value: Json, index: number, { position, defaultTimeout, wrong }: OperationPlace): readonly BatchOperation[] {
  const parsed = operationSchema.safeParse(value);
  if (!parsed.success) {
    for (const { summary, hint } of schemaProblems(operationSchema, isJsonObject(value) ? value : {})) {
      wrong(`Operation ${index + 1} of ${position.file}: ${summary}`, hint);
    }
    return [];
  }
  const { id, type, target, providers = [], items, depends_on: dependsOn = [], parallel = true, ...rest } = parsed.data;
  const { timeout = defaultTimeout, on_failure: onFailure = "rollback" } = rest;
  const timeoutMs = timeout * 1000;
  return [{ id, verb: type, target, providers, items, dependsOn, parallel, timeoutMs, onFailure, position, positions: {} }];
}
