/** What the schemas of taskservs say about settings below `taskservs.` in the configuration. */

import type { Layer } from "@provisioning/config";
import type { AttributeDocument } from "@provisioning/kcl-lang";
import { type Diagnostic, type Json, nearest, type SourcePosition, taskservName } from "@provisioning/model";
import {
  createTaskservChecker,
  loadTaskservCatalog,
  type TaskservChecker,
  type TaskservExtension,
} from "@provisioning/workspace";
import { extensionRoots } from "../catalog/extension-roots.js";
import { showTaskservSchema } from "../catalog/schema.js";
import type { ActionContext } from "../context.js";
import { checkConfig, isAboutSecret } from "../desired/check-configs.js";
import { configuredTaskservs, unknownTaskservs } from "../desired/configured-taskservs.js";
import { ConfigKeyUnknownError } from "./reading.js";

export interface TaskservSchemas {
  /** By name. */
  readonly catalog: ReadonlyMap<string, TaskservExtension>;
  readonly checker: TaskservChecker;
}

export async function openTaskservSchemas(context: ActionContext): Promise<TaskservSchemas> {
  const catalog = new Map<string, TaskservExtension>(await loadTaskservCatalog(await extensionRoots(context)));
  return { catalog, checker: createTaskservChecker(context.platform.kclDir) };
}

/** A field of a taskserv's configuration. */
export interface TaskservField {
  readonly extension: TaskservExtension;
  /** Of the field at the top; what is deeper is described there. */
  readonly attribute: AttributeDocument;
  /** Absent: the schema gives none. */
  readonly default?: { readonly value: Json; readonly place?: SourcePosition };
}

/** @throws ConfigKeyUnknownError with the name that was probably meant */
export async function findField(
  context: ActionContext,
  { catalog, checker }: TaskservSchemas,
  [taskserv = "", ...path]: readonly string[],
): Promise<TaskservField> {
  const extension = catalog.get(taskserv);
  if (extension === undefined) throw unknownKey(taskserv, [...catalog.keys()], "");
  const fields = await fieldsOf(context, taskserv);
  const attribute = fields.find(({ name }) => name === path[0]);
  if (attribute === undefined)
    throw unknownKey(
      path[0] ?? "",
      fields.map(({ name }) => name),
      `${taskserv}.`,
    );
  const said = checker.defaultsOf(extension, {}, path).at(-1);
  const value = said?.value;
  if (value === undefined || value === null) return { extension, attribute };
  return { extension, attribute, default: { value, ...(said?.place === undefined ? {} : { place: said.place }) } };
}

/** What the schema `Config` of a taskserv has at the top. */
export async function fieldsOf(context: ActionContext, taskserv: string): Promise<readonly AttributeDocument[]> {
  const { schemas } = await showTaskservSchema.run(context, { taskserv });
  return schemas.find(({ name }) => name === "Config")?.attributes ?? [];
}

function unknownKey(name: string, known: readonly string[], before: string): ConfigKeyUnknownError {
  const suggestion = nearest(name, known);
  return new ConfigKeyUnknownError(
    `taskservs.${before}${name}`,
    suggestion === undefined ? undefined : `taskservs.${before}${suggestion}`,
  );
}

/** What does not fit, layer by layer, also where a higher layer decides. What is required may stand in another one. */
export function checkTaskservSettings(layers: readonly Layer[], { catalog, checker }: TaskservSchemas): readonly Diagnostic[] {
  return layers.flatMap((layer) => [
    ...unknownTaskservs([layer], [...catalog.keys()]),
    ...[...configuredTaskservs([layer])].flatMap(([name, configured]) => {
      const extension = catalog.get(name);
      if (extension === undefined) return [];
      const found = checkConfig({ taskserv: taskservName(name), isPart: true, ...configured }, extension, checker);
      return found.map((one) => withLine(layer, one));
    }),
  ]);
}

function withLine({ lineAt }: Layer, found: Diagnostic): Diagnostic {
  const sourceLine = found.position === undefined || isAboutSecret(found) ? undefined : lineAt?.(found.position.line);
  return sourceLine === undefined ? found : { ...found, sourceLine };
}
