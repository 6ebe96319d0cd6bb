/** Encrypts a file with a new data key, for the same recipients or others. Who is taken away cannot read what is written from then on. */

import { openFile, rotated, sealed } from "@provisioning/security";
import * as z from "zod/mini";
import { ProvisioningError } from "@provisioning/model";
import { defineAction } from "../action.js";
import { existingPlace, identitiesHere, writePlace } from "./place.js";
import { type SopsResult, sopsResult, sopsResultSchema } from "./result.js";

export interface RotateSopsInput {
  /** From the current folder. */
  readonly file: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** Everything but the writing. */
  readonly check?: boolean;
}

/** @throws as `openFile`, SopsRecipientError, ProvisioningError SOPS_RECIPIENT_UNKNOWN */
export const rotateSops = defineAction<RotateSopsInput, SopsResult>({
  name: "sops.rotate",
  cedar: { action: "rotateSops", resource: "Workspace" },
  effect: "change",
  summary: "Encrypts a file of SOPS with a new data key, and for other recipients where that is asked for.",
  input: z.strictObject({
    file: z.string().check(z.minLength(1)),
    add: z.exactOptional(z.array(z.string())),
    remove: z.exactOptional(z.array(z.string())),
    check: z.exactOptional(z.boolean()),
  }),
  output: sopsResultSchema,
  async run(context, { file, add = [], remove = [], check = false }) {
    const place = await existingPlace(context, file);
    const opened = await openFile(file, place.content, await identitiesHere(context));
    const present = opened.metadata.age.map(({ recipient }) => recipient);
    const unknown = remove.find((recipient) => !present.includes(recipient));
    if (unknown !== undefined) throw new RecipientUnknownError(file, unknown, present);
    const next = await rotated(opened, [...present.filter((recipient) => !remove.includes(recipient)), ...add]);
    return sopsResult(place, next, await writePlace(context, place, sealed(next, context.clock.now()), check));
  },
});

class RecipientUnknownError extends ProvisioningError {
  constructor(file: string, recipient: string, present: readonly string[]) {
    super({
      code: "SOPS_RECIPIENT_UNKNOWN",
      message: `${file} is not encrypted for ${recipient}.`,
      hint: `Its recipients are ${present.join(", ")}.`,
    });
  }
}
