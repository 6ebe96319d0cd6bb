/** The command on files that SOPS encrypted. */

import { command } from "../command/command.js";
import {
  argument,
  type CheckFlags,
  checkFlag,
  namesFlag,
  onOff,
  outputLetter,
  placeLetters,
  positional,
  type ShownFlags,
  shownFlags,
  textFlag,
  yesFlag,
} from "./flags.js";

export interface SopsFlags extends ShownFlags, CheckFlags {
  readonly encrypt?: boolean;
  readonly decrypt?: boolean;
  readonly set?: string;
  readonly rotate?: boolean;
  readonly addRecipient?: readonly string[];
  readonly removeRecipient?: readonly string[];
  readonly age?: readonly string[];
  readonly yes?: boolean;
}

export const sopsCommand = command<SopsFlags, [string]>({
  name: "sops",
  brief: "Edit a file of secrets in your editor; on the disk it stays encrypted",
  details:
    "Files are those of the program sops, for age recipients: YAML, JSON, .env, or anything else as a whole. Your key is in ~/.config/sops/age/keys.txt, SOPS_AGE_KEY_FILE or SOPS_AGE_KEY.",
  examples: [
    ["sops config/provisioning.yaml", "open it, and encrypt it again when the editor ends"],
    ["sops secrets/shop.yaml --encrypt", "encrypt a file that is in the clear"],
    ["sops secrets/shop.yaml --decrypt", "print it in the clear"],
    ["sops secrets/shop.yaml --set database.password", "set one value to what is piped in"],
    ["sops secrets/shop.yaml --add-recipient age1example", "let somebody else read it, with a new key of the file"],
  ],
  loader: async () => (await import("./sops/sops.js")).sops,
  parameters: {
    flags: {
      ...shownFlags,
      encrypt: onOff("Encrypt a file that is in the clear"),
      decrypt: onOff("Print it in the clear on the standard output"),
      set: textFlag("key", "Set this key, such as database.password, to what is piped in"),
      rotate: onOff("Encrypt everything with a new key of the file"),
      addRecipient: namesFlag("Rotate, and let these age recipients read it too"),
      removeRecipient: namesFlag("Rotate, and without these age recipients"),
      age: namesFlag("Age recipients of a new file; else those of .sops.yaml, else your own"),
      ...yesFlag,
      ...checkFlag,
    },
    aliases: { ...placeLetters, ...outputLetter, y: "yes" },
    positional: positional(argument("file", "The file, from the current folder")),
  },
  result: "sops.save",
});
