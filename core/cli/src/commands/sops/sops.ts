/** `sops`: one file, shown or changed as the flags say; without one of them in the editor. */

import { type ActionContext, invoke, type SopsResult } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { UsageError } from "../../command/usage-error.js";
import { confirmYes } from "../../confirm.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { checkInput } from "../flags.js";
import type { SopsFlags } from "../sops.js";
import { editSops } from "./edit.js";

type Mode = "encrypt" | "decrypt" | "set" | "rotate" | "edit";

export async function sops(this: CliContext, flags: SopsFlags, file: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const mode = modeOf(flags);
    if (mode === "decrypt") return decrypt(this, context, file);
    const result = await change(this, context, flags, file, mode);
    if (result === undefined) return EXIT.failure;
    await writeResult(this, flags.output, result, () => sentence(result, flags.check === true));
    return EXIT.ok;
  });
}

/** @throws UsageError when flags ask for two things */
function modeOf(flags: SopsFlags): Mode {
  const { encrypt, decrypt: isDecrypting, set, rotate, addRecipient, removeRecipient, age } = flags;
  const isRotating = rotate === true || addRecipient !== undefined || removeRecipient !== undefined;
  const asked: readonly (readonly [Mode, boolean])[] = [
    ["encrypt", encrypt === true],
    ["decrypt", isDecrypting === true],
    ["set", set !== undefined],
    ["rotate", isRotating],
  ];
  const [first = "edit", second] = asked.filter(([, isAsked]) => isAsked).map(([mode]) => mode);
  if (second !== undefined)
    throw new UsageError(`--${first} and --${second} cannot be asked for at once.`, "Do one after the other.");
  if (age !== undefined && first !== "encrypt" && first !== "edit")
    throw new UsageError("--age is for files that are not encrypted yet.", "Use --add-recipient.");
  return first;
}

/** Nothing: the person does not want it. */
async function change(
  cli: CliContext,
  context: ActionContext,
  flags: SopsFlags,
  file: string,
  mode: Exclude<Mode, "decrypt">,
): Promise<SopsResult | undefined> {
  const { set = "", addRecipient: add, removeRecipient: remove, age } = flags;
  const check = checkInput(flags);
  switch (mode) {
    case "set":
      return invoke("sops.set", context, { file, key: set, ...check });
    case "rotate":
      return invoke("sops.rotate", context, { file, ...(add && { add }), ...(remove && { remove }), ...check });
    case "encrypt":
      return invoke("sops.save", context, { file, ...(age && { age }), ...check });
    case "edit": {
      const { exists, isEncrypted } = await invoke("sops.open", context, { file });
      const isAsking = exists && !isEncrypted && flags.yes !== true && flags.check !== true;
      if (isAsking && !(await confirmYes(cli, `${file} is not encrypted. Encrypt it?`))) return undefined;
      return editSops(cli, context, file, { ...(age && { age }), ...check });
    }
  }
}

/** As it is, byte by byte. */
async function decrypt(cli: CliContext, context: ActionContext, file: string): Promise<ExitCode> {
  const { content, exists, isEncrypted } = await invoke("sops.open", context, { file });
  if (!exists) throw new UsageError(`There is no file ${file}.`, "Name one from the current folder.");
  if (!isEncrypted) throw new UsageError(`${file} is not encrypted.`, `Encrypt it: provisioning sops ${file} --encrypt`);
  // A stream takes bytes as well as the texts that the parser's type names.
  (cli.process.stdout as unknown as { write(bytes: Uint8Array): void }).write(Buffer.from(content, "base64"));
  return EXIT.ok;
}

function sentence({ file, changed, isNew, recipients }: SopsResult, isRehearsal: boolean): string {
  if (!changed) return `Nothing changed: ${file} is as it was.`;
  const what = isNew ? "encrypted" : "saved, encrypted";
  return `${file} ${isRehearsal ? "would be" : "is"} ${what} for ${recipients.join(", ")}.`;
}
