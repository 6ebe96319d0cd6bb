/**
 * What configuration layers say about taskservs (`taskservs.<name>.<field>`), put together: it is over the defaults of the taskserv's
 * schema and below what a definition asks for. Pure.
 */

import { relative } from "node:path";
import { type Layer, type TaskservSetting, taskservSettings } from "@provisioning/config";
import { type Diagnostic, isJsonObject, type Json, type JsonObject, nearest, type SourcePosition } from "@provisioning/model";

/** A part of a taskserv's configuration, and where each of its fields is written. */
export interface ConfiguredTaskserv {
  readonly config: JsonObject;
  /** By dotted path within the config. */
  readonly positions: Readonly<Record<string, SourcePosition>>;
  /** Where the taskserv is named. */
  readonly position?: SourcePosition;
}

/** The layers with the places that definitions use: relative to the workspace, where a file is in it. */
export function seenFrom(root: string, layers: readonly Layer[]): readonly Layer[] {
  return layers.map((layer) => ({
    ...layer,
    positions: new Map(
      [...layer.positions].map(([path, position]) => [path, { ...position, file: displayed(root, position.file) }] as const),
    ),
  }));
}

/** A file of the workspace as definitions name it. */
export function displayed(root: string, file: string): string {
  return file.startsWith(`${root}/`) ? relative(root, file) : file;
}

/** By the taskserv's name. Sections are merged key by key, everything else is replaced, and `null` says nothing, as in all of the configuration. */
export function configuredTaskservs(layers: readonly Layer[]): ReadonlyMap<string, ConfiguredTaskserv> {
  const settings = taskservSettings(layers);
  const names = new Set(settings.map(({ taskserv }) => taskserv));
  return new Map([...names].map((name) => [name, together(settings.filter(({ taskserv }) => taskserv === name))]));
}

/** Taskservs that do not exist, where they are named. */
export function unknownTaskservs(layers: readonly Layer[], known: readonly string[]): readonly Diagnostic[] {
  const strangers = taskservSettings(layers).filter(({ taskserv }) => !known.includes(taskserv));
  const firsts = strangers.filter(
    (one, index) => strangers.findIndex(({ layer, taskserv }) => layer === one.layer && taskserv === one.taskserv) === index,
  );
  return firsts.map(({ taskserv, position }) => {
    const suggestion = nearest(taskserv, known);
    return {
      severity: "error",
      code: "TASKSERV_UNKNOWN",
      summary: `taskservs.${taskserv}: there is no taskserv ${taskserv}.`,
      hint: suggestion === undefined ? "See all with: provisioning taskserv list --all" : `Did you mean taskservs.${suggestion}?`,
      ...(position === undefined ? {} : { position }),
    };
  });
}

type Growing = Record<string, Json>;

function together(settings: readonly TaskservSetting[]): ConfiguredTaskserv {
  const config: Growing = {};
  const positions: Record<string, SourcePosition> = {};
  let named: SourcePosition | undefined;
  for (const { path, value, position } of settings) {
    if (path.length === 0) named = position;
    else if (value !== undefined) put(config, path, value);
    if (path.length > 0 && position !== undefined) positions[path.join(".")] = position;
  }
  return { config, positions, ...(named === undefined ? {} : { position: named }) };
}

function put(into: Growing, [key = "", ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const before = into[key];
  const inner: Growing = isJsonObject(before) ? { ...before } : {};
  into[key] = inner;
  put(inner, rest, value);
}
