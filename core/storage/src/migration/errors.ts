/** What keeps a migration from being finished. The source is as it was; the target may hold a part. */

import { ProvisioningError } from "@provisioning/model";
import type { ContentHash } from "./content-hash.js";

/** The target holds what the source does not, or something else under the same name: it was used for something of its own. */
export class MigrationConflictError extends ProvisioningError {
  constructor(what: string) {
    super({
      code: "MIGRATION_CONFLICT",
      message: `The target holds a ${what} that is not in the source like this.`,
      hint: "Migrate into an empty storage, or into one that an earlier migration from the same source left unfinished.",
      details: { what },
    });
  }
}

/** After copying, the two sides are not equal. */
export class MigrationDifferenceError extends ProvisioningError {
  constructor(
    readonly source: ContentHash,
    readonly target: ContentHash,
  ) {
    super({
      code: "MIGRATION_DIFFERENCE",
      message:
        `Source and target differ after copying: ${source.runs} and ${target.runs} runs, ${source.events} and ${target.events} events, ` +
        `${source.resources} and ${target.resources} resources.`,
      hint: "Nothing was switched. Migrate again into an empty storage while nobody else writes to it.",
      details: { source, target },
    });
  }
}

/** Nothing was done. */
export class MigrationRunningError extends ProvisioningError {
  constructor() {
    super({
      code: "MIGRATION_RUNNING",
      message: "This storage is being moved already.",
      hint: "Wait until that has finished.",
      retry: "later",
    });
  }
}
