/** Puts a whole text in the place of a layer's file, if everything in it fits. */

import { readIfThere, replaceConfigFile } from "@provisioning/config";
import { ProvisioningError } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type EditableLayer, type EditScope, assertNoNewErrors, editableLayerSchema, layerToEdit } from "./layer-to-edit.js";
import { configScopeShape } from "./reading.js";
import { settingsCheck } from "./taskserv-schemas.js";

export interface ReplaceConfigInput extends EditScope {
  readonly text: string;
  /** What the file said when the text was begun: somebody else may have changed it since. Default: it does not matter. */
  readonly before?: string;
}

export interface ReplacedConfig {
  readonly layer: EditableLayer;
  readonly file: string;
  readonly changed: boolean;
}

/** @throws DiagnosticsError with the errors that the text would bring, ProvisioningError CONFIG_CHANGED; nothing is written then */
export const replaceConfig = defineAction<ReplaceConfigInput, ReplacedConfig>({
  name: "config.replace",
  cedar: { action: "replaceConfig", resource: "Workspace" },
  effect: "change",
  summary: "Replaces the file of a layer of the configuration by a text that was checked.",
  input: z.strictObject({
    text: z.string(),
    before: z.exactOptional(z.string()),
    layer: z.exactOptional(editableLayerSchema),
    check: z.exactOptional(z.boolean()),
    ...configScopeShape,
  }),
  output: z.strictObject({ layer: editableLayerSchema, file: z.string(), changed: z.boolean() }),
  async run(context, { text, before, check: preview = false, ...scope }) {
    const { layer, file, sources } = await layerToEdit(context, scope);
    await assertNoNewErrors(sources, file, text, settingsCheck(context));
    const changed = await replaceConfigFile(file, text, {
      clock: context.clock,
      preview,
      check: async () => {
        if (before !== undefined && ((await readIfThere(file)) ?? "") !== before) throw new ChangedMeanwhileError(file);
      },
    });
    return { layer, file, changed };
  },
});

class ChangedMeanwhileError extends ProvisioningError {
  constructor(file: string) {
    super({
      code: "CONFIG_CHANGED",
      message: `${file} was changed by somebody else meanwhile.`,
      hint: "Look at it again, and make the change there.",
      retry: "later",
    });
  }
}
