/** Failures that every provider can have. */

import { ProvisioningError } from "@provisioning/model";

/** Something of this name exists that we did not make. Nothing was changed. */
export class ForeignResourceError extends ProvisioningError {
  constructor(kind: string, name: string, detail: string) {
    super({
      code: "RESOURCE_FOREIGN",
      message: `A ${kind} named ${name} exists already and was not made by this workspace: ${detail}`,
      hint: `Give the ${kind} another name, or remove the existing one yourself.`,
      details: { kind, name },
    });
  }
}
