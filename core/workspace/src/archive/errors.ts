/** What can be wrong with an archive of a workspace. Nothing was written then. */

import { ProvisioningError } from "@provisioning/model";

/** It cannot be read, or it is an archive of something else. */
export class ArchiveInvalidError extends ProvisioningError {
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(
      {
        code: "ARCHIVE_INVALID",
        message: `${file} is no archive of a workspace: ${reason}.`,
        hint: "Make one with: provisioning workspace export",
        details: { file },
      },
      options,
    );
  }
}

/** It would write where it has no business, or more than an archive may. */
export class ArchiveRefusedError extends ProvisioningError {
  constructor(file: string, reason: string) {
    super({
      code: "ARCHIVE_REFUSED",
      message: `${file} is refused: ${reason}.`,
      hint: "An export of a workspace holds plain files and folders only. Do not trust where this one comes from.",
      details: { file },
    });
  }
}
