export { fileMadeOnce } from "./file-made-once.js";
export {
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigKeyName,
  type ConfigValues,
  isConfigKey,
  STORAGE_TYPES,
  variableOf,
} from "./keys.js";
export { ConfigSyntaxError, parseLayer } from "./layer.js";
export { type ConfigSources, loadConfig } from "./load.js";
export { readIfThere } from "./read-if-there.js";
export { type Config, type Provenance } from "./resolve.js";
export { isSecretReference, resolveSecrets, type SecretSources, SecretUnavailableError } from "./secret-reference.js";
export { createTemplateRenderer, TemplateError, type TemplateRenderer } from "./template.js";
export { writeConfig } from "./write.js";
