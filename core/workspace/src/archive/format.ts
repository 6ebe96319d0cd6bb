/** The form of an archive: a gzipped tar with a note in front, the workspace below `workspace/` and what was recorded below `state/`. */

export const ARCHIVE_FORMAT = 1;
export const NOTE_FILE = "provisioning-workspace.json";
export const WORKSPACE_PART = "workspace/";
/** A storage of files, as it lies in `runtime/store`, and who the workspace is to its providers. */
export const STATE_PART = "state/";

export interface ArchiveNote {
  readonly format: number;
  readonly name: string;
  readonly platformVersion: string;
  readonly withState: boolean;
}

/** An archive with more is refused: nobody describes infrastructure in so much. */
export const LIMITS = { entries: 20_000, fileBytes: 64 * 1024 * 1024, totalBytes: 512 * 1024 * 1024, pathLength: 1024 } as const;
