/** What a file of SOPS says, in the clear. */

import { openFile } from "@provisioning/security";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { identitiesHere, sopsPlace } from "./place.js";

export interface OpenSopsInput {
  /** From the current folder. */
  readonly file: string;
}

export interface OpenedSops {
  readonly file: string;
  readonly exists: boolean;
  /** It was encrypted; else the content is as it is. */
  readonly isEncrypted: boolean;
  /** In the clear, in base64: it may be no text. Empty when there is no file. */
  readonly content: string;
  /** Of the file as it is; what is saved later names it. */
  readonly digest: string;
}

/** @throws as `openFile` of a file that is encrypted */
export const openSops = defineAction<OpenSopsInput, OpenedSops>({
  name: "sops.open",
  cedar: { action: "openSops", resource: "Workspace" },
  effect: "read",
  summary: "Gives what a file that SOPS encrypted says, in the clear.",
  input: z.strictObject({ file: z.string().check(z.minLength(1)) }),
  output: z.strictObject({
    file: z.string(),
    exists: z.boolean(),
    isEncrypted: z.boolean(),
    content: z.string(),
    digest: z.string(),
  }),
  async run(context, { file }) {
    const { content, isEncrypted, digest } = await sopsPlace(context, file);
    const given = content ?? Buffer.alloc(0);
    const clear = isEncrypted ? (await openFile(file, given, await identitiesHere(context))).document.plain() : given;
    return { file, exists: content !== undefined, isEncrypted, content: clear.toString("base64"), digest };
  },
});
