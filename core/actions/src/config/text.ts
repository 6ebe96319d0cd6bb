/** The file of a layer as it is, for an editor. */

import { readIfThere } from "@provisioning/config";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type EditableLayer, type EditScope, editableLayerSchema, layerToEdit } from "./layer-to-edit.js";
import { configScopeShape } from "./reading.js";

export interface ConfigText {
  readonly layer: EditableLayer;
  readonly file: string;
  readonly exists: boolean;
  /** Empty when there is no file. */
  readonly text: string;
}

export const readConfigText = defineAction<EditScope, ConfigText>({
  name: "config.text",
  cedar: { action: "readConfigText", resource: "Workspace" },
  effect: "read",
  summary: "Gives the file of a layer of the configuration as it is.",
  input: z.strictObject({ layer: z.exactOptional(editableLayerSchema), ...configScopeShape }),
  output: z.strictObject({ layer: editableLayerSchema, file: z.string(), exists: z.boolean(), text: z.string() }),
  async run(context, scope) {
    const { layer, file } = await layerToEdit(context, scope);
    const text = await readIfThere(file);
    return { layer, file, exists: text !== undefined, text: text ?? "" };
  },
});
