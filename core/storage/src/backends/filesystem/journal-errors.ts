/** What can be wrong with files that were written earlier. Nothing was written when these are thrown. */

import { ProvisioningError } from "@provisioning/model";

export class JournalCorruptError extends ProvisioningError {
  constructor(
    readonly file: string,
    readonly offset: number,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      {
        code: "JOURNAL_CORRUPT",
        message: `The journal ${file} is damaged at byte ${offset}: ${reason}.`,
        hint: "Nothing was changed. Restore the data directory from a backup, or check the disk.",
        details: { file, offset, reason },
      },
      options,
    );
  }
}
