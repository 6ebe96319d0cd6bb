/** The built command as tests start it. `PROVISIONING_COMMAND` names another program in its place, for example the one-file build. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const another = process.env["PROVISIONING_COMMAND"];
const own = fileURLToPath(new URL("../../provisioning", import.meta.url));

/** The file that is called `provisioning`. */
export const commandFile: string = another ?? own;

/** What is written before the words of a command: a program, and its first words. */
export const commandWords: readonly [program: string, ...words: string[]] =
  another === undefined ? [process.execPath, own] : [another];

export const isCommandBuilt: boolean = existsSync(another ?? join(dirname(own), "bundle/provisioning.cjs"));
