/** What the schemas of taskservs say about settings below `taskservs.` in the configuration. */

import { type Layer, taskservKey, taskservSettings } from "@provisioning/config";
import type { AttributeDocument, SchemaDocument } from "@provisioning/kcl-lang";
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

/** A field of a taskserv's configuration, at the top or deeper. */
export interface TaskservField {
  /** `taskservs.redis.port`. */
  readonly key: string;
  readonly taskserv: string;
  /** Within the configuration; never empty. */
  readonly path: readonly string[];
  readonly extension: TaskservExtension;
  /** Of the field, or of the nearest one around it that a schema describes. */
  readonly attribute: AttributeDocument;
  /** Absent: the schema gives none. */
  readonly default?: { readonly value: Json; readonly place?: SourcePosition };
}

/** @throws ConfigKeyUnknownError with the name that was probably meant */
export async function findField(
  context: ActionContext,
  schemas: TaskservSchemas,
  [taskserv = "", ...path]: readonly string[],
): Promise<TaskservField> {
  const extension = extensionOf(schemas, taskserv);
  const attribute = attributeAt(await schemasOf(context, taskserv), [taskserv, ...path]);
  return fieldOf(schemas, extension, attribute, path);
}

/** Those at the top of a taskserv's configuration. @throws ConfigKeyUnknownError with the name that was probably meant */
export async function fieldsAtTop(
  context: ActionContext,
  schemas: TaskservSchemas,
  taskserv: string,
): Promise<readonly TaskservField[]> {
  const extension = extensionOf(schemas, taskserv);
  return (await fieldsOf(context, taskserv)).map((attribute) => fieldOf(schemas, extension, attribute, [attribute.name]));
}

function extensionOf({ catalog }: TaskservSchemas, taskserv: string): TaskservExtension {
  const extension = catalog.get(taskserv);
  if (extension === undefined) throw unknownKey([taskserv], [...catalog.keys()]);
  return extension;
}

function fieldOf(
  { checker }: TaskservSchemas,
  extension: TaskservExtension,
  attribute: AttributeDocument,
  path: readonly string[],
): TaskservField {
  const taskserv = extension.manifest.name;
  const said = checker.defaultsOf(extension, {}, path).at(-1);
  const fallback = said?.value === undefined || said.value === null ? undefined : { value: said.value, place: said.place };
  return {
    key: taskservKey([taskserv, ...path]),
    taskserv,
    path,
    extension,
    attribute,
    ...(fallback && { default: { value: fallback.value, ...(fallback.place === undefined ? {} : { place: fallback.place }) } }),
  };
}

/** As deep as schemas describe it: what stands in a dictionary or a list has no description of its own. */
function attributeAt(schemas: readonly SchemaDocument[], [taskserv = "", ...path]: readonly string[]): AttributeDocument {
  let known = attributesOf(schemas, "Config") ?? [];
  let found: AttributeDocument | undefined;
  for (const [index, name] of path.entries()) {
    found = known.find((attribute) => attribute.name === name);
    if (found === undefined) {
      const names = known.map((attribute) => attribute.name);
      throw unknownKey([taskserv, ...path.slice(0, index + 1)], names);
    }
    const inner = attributesOf(schemas, found.type);
    if (inner === undefined) return found;
    known = inner;
  }
  if (found === undefined) throw new ConfigKeyUnknownError(taskservKey([taskserv]), undefined);
  return found;
}

function attributesOf(schemas: readonly SchemaDocument[], schema: string): readonly AttributeDocument[] | undefined {
  return schemas.find(({ name }) => name === schema)?.attributes;
}

/** What the schema `Config` of a taskserv has at the top. */
export async function fieldsOf(context: ActionContext, taskserv: string): Promise<readonly AttributeDocument[]> {
  return attributesOf(await schemasOf(context, taskserv), "Config") ?? [];
}

async function schemasOf(context: ActionContext, taskserv: string): Promise<readonly SchemaDocument[]> {
  return (await showTaskservSchema.run(context, { taskserv })).schemas;
}

/** The last part of the path is what is not known. */
function unknownKey(path: readonly string[], known: readonly string[]): ConfigKeyUnknownError {
  const meant = nearest(path.at(-1) ?? "", known);
  return new ConfigKeyUnknownError(
    taskservKey(path),
    meant === undefined ? undefined : taskservKey([...path.slice(0, -1), meant]),
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

/** The same for whoever may not need it: schemas are opened when a layer says something about taskservs. */
export function settingsCheck(context: ActionContext): (layers: readonly Layer[]) => Promise<readonly Diagnostic[]> {
  let opened: Promise<TaskservSchemas> | undefined;
  return async (layers) =>
    taskservSettings(layers).length === 0 ? [] : checkTaskservSettings(layers, await (opened ??= openTaskservSchemas(context)));
}

function withLine({ lineAt }: Layer, found: Diagnostic): Diagnostic {
  const sourceLine = found.position === undefined || isAboutSecret(found) ? undefined : lineAt?.(found.position.line);
  return sourceLine === undefined ? found : { ...found, sourceLine };
}
