/** What became of a file of SOPS. */

import type { OpenFile } from "@provisioning/security";
import * as z from "zod/mini";
import type { SopsPlace } from "./place.js";

export interface SopsResult {
  readonly file: string;
  /** With `check`: it would be. */
  readonly changed: boolean;
  /** It was in the clear, or not there. */
  readonly isNew: boolean;
  /** Who can read it. */
  readonly recipients: readonly string[];
}

export const sopsResultSchema: z.ZodMiniType<SopsResult> = z.strictObject({
  file: z.string(),
  changed: z.boolean(),
  isNew: z.boolean(),
  recipients: z.array(z.string()),
});

export function sopsResult({ name, isEncrypted }: SopsPlace, { metadata }: OpenFile, changed: boolean): SopsResult {
  return { file: name, changed, isNew: !isEncrypted, recipients: metadata.age.map(({ recipient }) => recipient) };
}
