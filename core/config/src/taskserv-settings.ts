/**
 * Settings of taskservs from layers: what stands at `taskservs.<name>.<field>` in any file. Which taskservs and fields there are, and what
 * they may be, their own schemas say; here layers are only put on top of each other, like sections of keys.
 */

import type { Diagnostic, Json, SourcePosition } from "@provisioning/model";
import type { Layer, LayerName } from "./layer.js";
import { isBelowTaskservs, taskservPath } from "./layer-path.js";

/** What one layer says about a field, at whatever depth. */
export interface TaskservSetting {
  readonly layer: LayerName;
  readonly taskserv: string;
  /** Within the taskserv's configuration; empty: the taskserv itself is named. */
  readonly path: readonly string[];
  /** Absent: it names a section, or unsets what it names. */
  readonly value?: Json;
  readonly position?: SourcePosition;
}

/** Everything that layers say, the lowest first; in a layer as it is written. */
export function taskservSettings(layers: readonly Layer[]): readonly TaskservSetting[] {
  return layers.flatMap((layer) => {
    const paths = new Set([...layer.positions.keys(), ...layer.values.keys()].filter(isBelowTaskservs));
    return [...paths].flatMap((at) => {
      const [taskserv, ...path] = taskservPath(at);
      if (taskserv === undefined) return [];
      const value = layer.values.get(at);
      const position = layer.positions.get(at);
      return [
        {
          layer: layer.name,
          taskserv,
          path,
          ...(value === undefined || value === null ? {} : { value: value as Json }),
          ...(position === undefined ? {} : { position }),
        },
      ];
    });
  });
}

/** What is wrong with the form of a value below `taskservs`, whatever the schema says. */
export function taskservSettingProblem(path: string, value: unknown): Pick<Diagnostic, "summary" | "hint"> | undefined {
  if (value === null) return undefined;
  const keys = taskservPath(path);
  if (keys.length < 2)
    return { summary: `${path} is a section: expected ${keys.length === 0 ? "taskservs" : "its settings"} below it.` };
  if (value instanceof Date)
    return { summary: `${path}: expected plain data, got a date.`, hint: "Write it as a text, in quotes." };
  return undefined;
}
