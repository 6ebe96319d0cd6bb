/** Sets one value of an encrypted file. The value is piped in: what is typed can be seen by others. */

import { ProvisioningError } from "@provisioning/model";
import { isCovered, openFile, sealed, textScalar, valueAt } from "@provisioning/security";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { existingPlace, identitiesHere, writePlace } from "./place.js";
import { type SopsResult, sopsResult, sopsResultSchema } from "./result.js";

export interface SetSopsInput {
  /** From the current folder. */
  readonly file: string;
  /** Keys with dots between them; items of lists by their number, from 0. */
  readonly key: string;
  /** Everything but the writing. */
  readonly check?: boolean;
}

/** The value is a text, without its last line end. @throws as `openFile`, ProvisioningError SOPS_VALUE_MISSING, SOPS_VALUE_CLEAR */
export const setSops = defineAction<SetSopsInput, SopsResult>({
  name: "sops.set",
  cedar: { action: "setSops", resource: "Workspace" },
  effect: "change",
  summary: "Sets one value of a file that SOPS encrypted, to what is piped in.",
  input: z.strictObject({
    file: z.string().check(z.minLength(1)),
    key: z.string().check(z.minLength(1)),
    check: z.exactOptional(z.boolean()),
  }),
  output: sopsResultSchema,
  async run(context, { file, key, check = false }) {
    const value = ((await context.readInput?.()) ?? "").replace(/\r?\n$/, "");
    if (value === "") throw new ValueMissingError(file, key);
    const place = await existingPlace(context, file);
    const opened = await openFile(file, place.content, await identitiesHere(context));
    if (valueAt(opened, key) === value) return sopsResult(place, opened, false);
    const path = key.split(".");
    if (!isCovered(opened, path)) throw new NotCoveredError(file, key);
    opened.document.set(path, textScalar(value));
    return sopsResult(place, opened, await writePlace(context, place, sealed(opened, context.clock.now()), check));
  },
});

/** What is piped in is meant to be a secret. */
class NotCoveredError extends ProvisioningError {
  constructor(file: string, key: string) {
    super({
      code: "SOPS_VALUE_CLEAR",
      message: `${key} would stand in ${file} in the clear: the rules of the file do not cover it.`,
      hint: `Choose a key that they cover. What is no secret is written with: provisioning sops ${file}`,
    });
  }
}

class ValueMissingError extends ProvisioningError {
  constructor(file: string, key: string) {
    super({
      code: "SOPS_VALUE_MISSING",
      message: `Nothing was piped in for ${key}.`,
      hint: `Pipe the value: provisioning sops ${file} --set ${key} < FILE`,
    });
  }
}
