export { type Identities, recipientsOf } from "./sops/age-keys.js";
export { protectionFor } from "./sops/creation-rules.js";
export { parseDocument } from "./sops/format.js";
export { type IdentitySources, readIdentities } from "./sops/identities.js";
export { valueAt } from "./sops/lookup.js";
export { textScalar } from "./sops/scalar.js";
export {
  isCovered,
  type OpenFile,
  openFile,
  type Protection,
  protectFile,
  rotated,
  sealed,
  withContent,
} from "./sops/sops-file.js";
export { createSopsSecrets } from "./sops/sops-secrets.js";
