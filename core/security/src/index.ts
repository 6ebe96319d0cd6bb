export { type Identities, recipientsOf } from "./sops/age-keys.js";
export { protectionFor } from "./sops/creation-rules.js";
export { parseDocument } from "./sops/format.js";
export { defaultKeyFile, type IdentitySources, readIdentities, withHome } from "./sops/identities.js";
export { plainText, textScalar } from "./sops/scalar.js";
export { type OpenFile, openFile, type Protection, protectFile, rotated, sealed, withContent } from "./sops/sops-file.js";
export { createSopsSecrets, type SopsSecrets } from "./sops/sops-secrets.js";
