/** Encrypts a text into a file: with the key of the file where it has one, so that values which stay keep their text; else with a new one. */

import { openFile, protectFile, sealed, withContent } from "@provisioning/security";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { ChangedMeanwhileError, existingPlace, identitiesHere, newProtection, sopsPlace, writePlace } from "./place.js";
import { type SopsResult, sopsResult, sopsResultSchema } from "./result.js";

export interface SaveSopsInput {
  /** From the current folder. */
  readonly file: string;
  /** In the clear, in base64. Absent: what a file that is not encrypted says. */
  readonly content?: string;
  /** Of the file when the text was begun. Default: it does not matter. */
  readonly digest?: string;
  /** Recipients of a file that is not encrypted yet. Default: those of `.sops.yaml`, else of the own identities. */
  readonly age?: readonly string[];
  /** Everything but the writing. */
  readonly check?: boolean;
}

/** Nothing is written when the text is what the file says already. @throws SopsSyntaxError, SopsRecipientError, ProvisioningError SOPS_CHANGED */
export const saveSops = defineAction<SaveSopsInput, SopsResult>({
  name: "sops.save",
  cedar: { action: "saveSops", resource: "Workspace" },
  effect: "change",
  summary: "Encrypts a text into a file that SOPS can read; a file in the clear is encrypted as it is.",
  input: z.strictObject({
    file: z.string().check(z.minLength(1)),
    content: z.exactOptional(z.string()),
    digest: z.exactOptional(z.string()),
    age: z.exactOptional(z.array(z.string())),
    check: z.exactOptional(z.boolean()),
  }),
  output: sopsResultSchema,
  async run(context, { file, content, digest, age, check = false }) {
    const place = await sopsPlace(context, file);
    if (digest !== undefined && digest !== place.digest) throw new ChangedMeanwhileError(file);
    const given = content === undefined ? undefined : Buffer.from(content, "base64");
    if (!place.isEncrypted) {
      const text = given ?? (await existingPlace(context, file)).content;
      if (place.content === undefined && text.length === 0) return { file, changed: false, isNew: true, recipients: [] };
      const made = await protectFile(file, text, await newProtection(context, place, age));
      return sopsResult(place, made, await writePlace(context, place, sealed(made, context.clock.now()), check));
    }
    const opened = await openFile(file, place.content as Buffer, await identitiesHere(context));
    if (given === undefined || opened.document.plain().equals(given)) return sopsResult(place, opened, false);
    const changed = sealed(withContent(opened, given), context.clock.now());
    return sopsResult(place, opened, await writePlace(context, place, changed, check));
  },
});
