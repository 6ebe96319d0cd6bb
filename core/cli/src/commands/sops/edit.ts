/** The text of a file of SOPS in the editor: a private copy in the clear, which is gone afterwards. */

import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ActionContext, invoke, type SopsResult } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { confirmYes } from "../../confirm.js";
import { openEditor } from "../../editor.js";
import { writeError } from "../../views/write-error.js";
import { inPrivateFolder } from "./private-folder.js";

interface EditOptions {
  readonly age?: readonly string[];
  readonly check?: true;
}

/** @throws as `sops.open` and `sops.save`; the file is as it was then */
export async function editSops(cli: CliContext, context: ActionContext, file: string, options: EditOptions): Promise<SopsResult> {
  const { content, digest } = await invoke("sops.open", context, { file });
  return inPrivateFolder(context.environment, async (folder) => {
    // With its name: editors tell by it what is in it.
    const draft = join(folder, basename(file));
    await writeFile(draft, Buffer.from(content, "base64"), { mode: 0o600 });
    for (;;) {
      await openEditor(cli, draft);
      const edited = (await readFile(draft)).toString("base64");
      try {
        return await invoke("sops.save", context, { file, content: edited, digest, ...options });
      } catch (error) {
        if (!(await isEditedAgain(cli, error))) throw error;
      }
    }
  });
}

/** What is no text of its format can be put right; without a terminal there is one try. */
async function isEditedAgain(cli: CliContext, error: unknown): Promise<boolean> {
  if (!(error instanceof ProvisioningError) || error.code !== "SOPS_SYNTAX") return false;
  if (cli.stdin.isTTY !== true || cli.view.noInput) return false;
  writeError(cli, error);
  return confirmYes(cli, "It is not saved. Edit it again?");
}
