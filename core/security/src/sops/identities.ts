/** Where age identities come from: the variables `SOPS_AGE_KEY` and `SOPS_AGE_KEY_FILE`, and the file of the user. */

import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Identities } from "./age-keys.js";
import { SopsIdentityError } from "./errors.js";

export interface IdentitySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A file in the place of the user's; a leading `~/` is the home folder. Empty or absent: `sops/age/keys.txt` in the folder of configurations. */
  readonly keyFile?: string;
  /** That file and nothing else: no variable, no file of the user. */
  readonly only?: boolean;
  readonly onWarning: (text: string) => void;
}

/** Others can read a file of this mode. */
const OTHERS = 0o077;

/** A file of the user that is not there is none; one that was named has to be. @throws SopsIdentityError */
export async function readIdentities(sources: IdentitySources): Promise<Identities> {
  const { environment, only = false } = sources;
  const named = sources.keyFile === undefined || sources.keyFile === "" ? undefined : withHome(sources.keyFile, environment);
  const file = named ?? defaultKeyFile(environment);
  const looked: string[] = [];
  const keys: string[] = [];
  const add = (place: string, text: string | undefined): void => {
    looked.push(place);
    if (text !== undefined) keys.push(...identitiesIn(place, text));
  };
  if (!only && environment.SOPS_AGE_KEY) add("SOPS_AGE_KEY", environment.SOPS_AGE_KEY);
  if (!only && environment.SOPS_AGE_KEY_FILE)
    add(environment.SOPS_AGE_KEY_FILE, await readKeyFile(environment.SOPS_AGE_KEY_FILE, true, sources));
  add(file, await readKeyFile(file, named !== undefined, sources));
  return { keys: [...new Set(keys)], looked };
}

function defaultKeyFile(environment: IdentitySources["environment"]): string {
  return join(environment.XDG_CONFIG_HOME || join(homeOf(environment), ".config"), "sops", "age", "keys.txt");
}

function withHome(file: string, environment: IdentitySources["environment"]): string {
  return file === "~" || file.startsWith("~/") ? join(homeOf(environment), file.slice(1)) : file;
}

function homeOf({ HOME }: IdentitySources["environment"]): string {
  return HOME || homedir();
}

async function readKeyFile(file: string, mustBe: boolean, { onWarning }: IdentitySources): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & OTHERS) !== 0)
      onWarning(`Others on this machine can read the age key in ${file}. Keep it to yourself with: chmod 600 ${file}`);
    return await readFile(file, "utf8");
  } catch (cause) {
    const { code = "it cannot be opened" } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && !mustBe) return undefined;
    throw new SopsIdentityError(file, code === "ENOENT" ? "there is no such file" : code, { cause });
  }
}

function identitiesIn(place: string, text: string): string[] {
  if (/^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE)/m.test(text))
    throw new SopsIdentityError(place, "the file is encrypted with a passphrase");
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => identityOf(place, line));
}

/** What a line holds is a secret, and is not shown. */
function identityOf(place: string, line: string): string {
  if (line.startsWith("AGE-PLUGIN-")) throw new SopsIdentityError(place, "it is one of a plugin, which cannot be used here");
  if (!/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(line)) throw new SopsIdentityError(place, "a line is no identity of age");
  return line;
}
