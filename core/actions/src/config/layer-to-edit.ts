/** Which file a change goes to, and what has to hold before it is written. */

import {
  type Config,
  type ConfigEdit,
  ConfigEncryptedError,
  type ConfigSources,
  editConfigFile,
  layerFile,
  looksEncrypted,
  type LayerPlace,
  readConfig,
  readIfThere,
} from "@provisioning/config";
import { type Diagnostic, DiagnosticsError, ProvisioningError } from "@provisioning/model";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";
import { type ConfigScope, readHere } from "./reading.js";

export interface EditScope extends ConfigScope {
  /** Default: `workspace`, outside of any workspace `user`. */
  readonly layer?: EditableLayer;
  /** Everything but the writing. */
  readonly check?: boolean;
}

export type EditableLayer = "user" | "workspace" | "infra" | "env";
export const editableLayerSchema = z.enum(["user", "workspace", "infra", "env"]);

export interface LayerToEdit {
  readonly layer: EditableLayer;
  readonly file: string;
  readonly section?: string;
  readonly sources: ConfigSources;
}

/** @throws ProvisioningError CONFIG_LAYER_NONE, ConfigEncryptedError, DiagnosticsError CONFIG_AMBIGUOUS */
export async function layerToEdit(context: ActionContext, { layer, ...scope }: EditScope): Promise<LayerToEdit> {
  const { workspace, sources, config } = await readHere(context, scope);
  const wanted = layer ?? (workspace === undefined ? "user" : "workspace");
  const environment = sources.chosenEnvironment ?? config.environment;
  const place = placeOf(sources, wanted, environment);
  if (place === undefined) throw new NoLayerError(wanted, workspace !== undefined);
  const { file, text } = await layerFile(place);
  if (text !== undefined && looksEncrypted({ file, text })) throw new ConfigEncryptedError(file);
  return { layer: wanted, file, ...(place.section === undefined ? {} : { section: place.section }), sources };
}

function placeOf(sources: ConfigSources, layer: EditableLayer, environment: string | undefined): LayerPlace | undefined {
  if (layer === "env") return environment === undefined ? undefined : sources.environments?.placeOf(environment);
  return sources.files?.find(({ name }) => name === layer);
}

class NoLayerError extends ProvisioningError {
  constructor(layer: EditableLayer, isInWorkspace: boolean) {
    const which = layer === "env" ? "environment is chosen" : layer === "infra" ? "infra is meant" : "workspace is here";
    super({
      code: "CONFIG_LAYER_NONE",
      message: `The layer ${layer} cannot be changed: no ${isInWorkspace ? which : "workspace is here"}.`,
      hint:
        !isInWorkspace || layer === "workspace"
          ? "Go into a workspace, or choose the layer user."
          : layer === "env"
            ? "Say which one with --env."
            : "Say which one with --infra.",
    });
  }
}

/** `read`: files as they are now, or with `check` as they would be. */
export interface WrittenEdit {
  readonly changed: boolean;
  readonly read: (path: string) => Promise<string | undefined>;
}

/** Writes unless the layers would have an error that they did not have. @throws DiagnosticsError, ConfigSyntaxError, ProvisioningError CONFIG_EDIT_KCL */
export async function writeEdit(
  { file, section, sources }: LayerToEdit,
  values: ConfigEdit["values"],
  { clock }: ActionContext,
  { check = false }: Pick<EditScope, "check">,
): Promise<WrittenEdit> {
  const edit = { values, ...(section === undefined ? {} : { section }) };
  let checked: string | undefined;
  const changed = await editConfigFile(file, edit, {
    clock,
    preview: check,
    check: async (text) => {
      await assertNoNewErrors(sources, file, text);
      checked = text;
    },
  });
  return { changed, read: check && checked !== undefined ? withText(file, checked) : readIfThere };
}

/** What is wrong in layers besides their keys. */
export type FurtherCheck = (layers: Config["layers"]) => Promise<readonly Diagnostic[]>;

/** @throws DiagnosticsError with the errors that come with the new text of a file; those that were there are no reason */
export async function assertNoNewErrors(
  sources: ConfigSources,
  file: string,
  text: string,
  further: FurtherCheck = () => Promise.resolve([]),
): Promise<void> {
  const known = new Set((await errorsOf(sources, further)).map(nameOf));
  const errors = await errorsOf({ ...sources, read: withText(file, text) }, further);
  const fresh = errors.filter((one) => !known.has(nameOf(one)));
  if (fresh.length > 0) throw new DiagnosticsError(fresh);
}

function withText(file: string, text: string): WrittenEdit["read"] {
  return async (path) => (path === file ? text : readIfThere(path));
}

async function errorsOf(sources: ConfigSources, further: FurtherCheck): Promise<readonly Diagnostic[]> {
  const { config, findings } = await readConfig(sources);
  return [...findings, ...(await further(config.layers))].filter(({ severity }) => severity === "error");
}

/** Lines move when a text changes. */
function nameOf({ code, summary, position }: Diagnostic): string {
  return `${code} ${summary} ${position?.file ?? ""}`;
}
