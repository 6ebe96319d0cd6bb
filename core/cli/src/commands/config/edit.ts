/** `config edit`: a copy in the editor, checked, then in the place of the file. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type ActionContext, invoke } from "@provisioning/actions";
import { DiagnosticsError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { confirmYes } from "../../confirm.js";
import { openEditor } from "../../editor.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { writeError } from "../../views/write-error.js";
import type { EditFlags } from "../config.js";
import { editInput } from "./change.js";

export async function edit(this: CliContext, flags: EditFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { file, text } = await invoke("config.text", context, editInput(flags));
    const folder = await mkdtemp(join(tmpdir(), "provisioning-config-"));
    try {
      const draft = join(folder, `config${extname(file)}`);
      await writeFile(draft, text, { mode: 0o600 });
      const result = await untilItFits(this, context, flags, { draft, text });
      await writeResult(this, flags.output, result, () =>
        result.changed ? `${result.file} is saved.` : `${result.file} is as it was.`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return EXIT.ok;
  });
}

/** Without a terminal there is one try. @throws DiagnosticsError when the person gives up; the file is as it was then */
async function untilItFits(
  cli: CliContext,
  context: ActionContext,
  flags: EditFlags,
  { draft, text: before }: { readonly draft: string; readonly text: string },
) {
  for (;;) {
    await openEditor(cli, draft);
    const text = await readFile(draft, "utf8");
    try {
      return await invoke("config.replace", context, { text, before, ...editInput(flags) });
    } catch (error) {
      if (!(error instanceof DiagnosticsError) || cli.stdin.isTTY !== true || cli.view.noInput) throw error;
      writeError(cli, error);
      if (!(await confirmYes(cli, "It is not saved. Edit it again?"))) throw error;
    }
  }
}
