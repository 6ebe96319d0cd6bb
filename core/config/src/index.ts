export { renderDefaults } from "./defaults-file.js";
export { type ConfigEdit, editConfigFile, replaceConfigFile, writeConfig } from "./edit/edit-file.js";
export { ConfigEncryptedError, type DecryptText, looksEncrypted } from "./encrypted-layer.js";
export { lockFile, tryLockFile } from "./file-lock.js";
export { putAside, type Rotation } from "./file-put-aside.js";
export { fileMadeOnce } from "./file-made-once.js";
export type { EvaluatedKcl, KclEvaluator } from "./formats/kcl.js";
export { FORMAT_ENDINGS, parseLayer } from "./formats/parse-layer.js";
export { ConfigSyntaxError } from "./formats/syntax-error.js";
export { looksSecret } from "./interpolate.js";
export { jsonSchemaOfConfig } from "./json-schema.js";
export { kclSchemaOfConfig } from "./kcl-schema.js";
export { type ConfigKey, fromText, typeWords } from "./key-type.js";
export {
  CONFIG_KEYS,
  CONFIG_KEY_NAMES,
  configKey,
  type ConfigKeyName,
  type ConfigValues,
  isConfigKey,
  mapAround,
  STORAGE_TYPES,
  variableOf,
} from "./keys.js";
export { LAYER_NAMES, type Layer, type LayerName, namesWithin } from "./layer.js";
export { isBelowTaskservs, taskservKey, taskservPath } from "./layer-path.js";
export { layerFile, type LayerPlace } from "./layer-file.js";
export { type ConfigSources, type EnvironmentFiles, loadConfig, readConfig } from "./load.js";
export { readIfThere } from "./read-if-there.js";
export { type Config, type Provenance, type ResolvedConfig, suggestionFor } from "./resolve.js";
export { isSecretReference, resolveSecrets, type SecretSources, SecretUnavailableError } from "./secret-reference.js";
export { callVariables, environmentOfCall, isOfService } from "./call-variables.js";
export { HIDDEN, shownValue } from "./shown-value.js";
export { type TaskservSetting, taskservSettings } from "./taskserv-settings.js";
export { createTemplateRenderer, TemplateError, type TemplateRenderer } from "./template.js";
