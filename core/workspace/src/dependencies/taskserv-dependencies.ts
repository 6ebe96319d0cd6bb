/**
 * What a taskserv declares in `kcl/dependencies.k`, put together with its manifest: lists are joined, of two minimums the larger holds, and
 * a declared health check comes after those of its definition.
 */

import { type HealthCheck, parseHealthChecks } from "@provisioning/extension-sdk";
import {
  type Diagnostic,
  DiagnosticsError,
  isJsonObject,
  isName,
  type JsonObject,
  type TaskservName,
  taskservName,
} from "@provisioning/model";
import type { TaskservCatalog, TaskservExtension } from "../catalog.js";
import { type Declared, readDeclared } from "./declared.js";

/**
 * The catalog with the declarations of the named taskservs and of all that these require; no other file is looked at.
 * @throws DiagnosticsError DEPENDENCIES_INVALID, KCL_…
 */
export async function withDependencies(
  kclDir: string,
  catalog: TaskservCatalog,
  named: Iterable<TaskservName>,
): Promise<TaskservCatalog> {
  const complete = new Map(catalog);
  const diagnostics: Diagnostic[] = [];
  const seen = new Set(named);
  // What a declaration requires is gone through too.
  for (const name of seen) {
    const extension = catalog.get(name);
    if (extension === undefined) continue;
    const declared = await declaredBy(kclDir, extension, diagnostics);
    complete.set(name, declared);
    for (const required of declared.manifest.requires) seen.add(taskservName(required));
  }
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return complete;
}

async function declaredBy(kclDir: string, extension: TaskservExtension, diagnostics: Diagnostic[]): Promise<TaskservExtension> {
  try {
    const declared = await readDeclared(kclDir, extension.dir, "TaskservDependencies");
    return declared === undefined ? extension : joined(extension, declared);
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    diagnostics.push(...error.diagnostics);
    return extension;
  }
}

function joined(extension: TaskservExtension, { value, problem }: Declared): TaskservExtension {
  const { manifest } = extension;
  const diagnostics: Diagnostic[] = [];
  const names = (field: "requires" | "conflicts_with"): readonly string[] => {
    const given = value[field] as readonly string[];
    given.forEach((name, index) => {
      const wrong = !isName(name) ? "is no name of a taskserv" : name === manifest.name ? "is the taskserv itself" : undefined;
      if (wrong !== undefined) diagnostics.push(problem([field, index], `${field} has ${JSON.stringify(name)}, which ${wrong}.`));
    });
    return given;
  };
  const requires = union(manifest.requires, names("requires"));
  const conflictsWith = union(manifest.conflictsWith, names("conflicts_with"));
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  const { cpu, memoryMiB, diskGiB } = manifest.minimumResources;
  const needed = value.minimum_resources as { readonly cpu: number; readonly memory: number; readonly disk: number };
  const minimumResources = {
    cpu: Math.max(cpu, needed.cpu),
    memoryMiB: Math.max(memoryMiB, needed.memory),
    diskGiB: Math.max(diskGiB, needed.disk),
  };
  const check = isJsonObject(value.health_check) ? healthCheck(manifest.name, value.health_check) : undefined;
  return {
    ...extension,
    manifest: { ...manifest, requires, conflictsWith, minimumResources },
    ...(check === undefined ? {} : { healthCheck: check }),
  };
}

/** The limits of the numbers are checks of the schema. */
function healthCheck(taskserv: string, { command, timeout, retries }: JsonObject): HealthCheck | undefined {
  const item = { id: "declared", title: `${taskserv} is healthy`, command, timeout_seconds: timeout, retries };
  const { checks, diagnostics } = parseHealthChecks(item as JsonObject, { taskserv, list: "health" });
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return checks[0];
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])];
}
