/** Reads what the options of a database keep out of the options themselves. */

import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { StoreOptionInvalidError } from "../errors.js";

/** Where the password is. It is never an option itself, so that it stands in no list of processes and no shell history. */
export type PasswordSource = { readonly file: string } | { readonly environment: string } | { readonly stdin: true };

export interface PasswordPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
}

/** Those of this process. */
export function processPlaces(): PasswordPlaces {
  return { environment: process.env, stdin: process.stdin };
}

/** @throws StoreOptionInvalidError */
export async function readPassword(source: PasswordSource, { environment, stdin }: PasswordPlaces): Promise<string> {
  if ("file" in source) return withoutNewline(await readOption(source.file, "password"));
  if ("stdin" in source) return withoutNewline(await text(stdin));
  const value = environment[source.environment];
  if (value === undefined) throw new StoreOptionInvalidError("password", `the variable ${source.environment} is not set`);
  return value;
}

/** The text of a file that an option names. @throws StoreOptionInvalidError */
export async function readOption(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new StoreOptionInvalidError(option, error instanceof Error ? error.message : String(error));
  }
}

/** Editors and `echo` add one. */
function withoutNewline(value: string): string {
  return value.replace(/\r?\n$/, "");
}
