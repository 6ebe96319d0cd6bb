/**
 * A layer whose file SOPS encrypted, as a whole or in part. Its values are decrypted in memory; what was encrypted is known as such, and places
 * are those of the file as it is.
 */

import { DiagnosticsError, ProvisioningError } from "@provisioning/model";
import { parseLayer } from "./formats/parse-layer.js";
import type { Layer } from "./layer.js";

/** Gives the text of a file in the clear. @throws ProvisioningError when it cannot be opened, or was changed */
export type DecryptText = (file: string, text: string) => Promise<string>;

interface FileText {
  readonly file: string;
  readonly text: string;
}

const VALUE = "ENC[AES256_GCM,";
const OWN_SECTION = /^sops(?:\.|$)/;

/** Only YAML can be: SOPS knows neither TOML nor KCL. One that was cut and lost its section is one too. */
export function looksEncrypted({ file, text }: FileText): boolean {
  return /\.ya?ml$/.test(file) && (text.includes(VALUE) || /^["']?sops["']?\s*:/m.test(text));
}

/** A text that is changed by hand would not be what was authenticated any more. Nothing was written. */
export class ConfigEncryptedError extends ProvisioningError {
  constructor(file: string) {
    super({
      code: "CONFIG_ENCRYPTED",
      message: `${file} is encrypted, and is not changed as a text.`,
      hint: `Edit it: provisioning sops ${file}`,
      details: { file },
    });
  }
}

/** `written`: the file as it is. Without `decrypt` what is encrypted says nothing. @throws DiagnosticsError when it cannot be opened, or was changed */
export async function encryptedLayer(written: Layer, { file, text }: FileText, decrypt?: DecryptText): Promise<Layer> {
  const own = [...written.values].filter(([path]) => !OWN_SECTION.test(path));
  const encrypted = new Set(own.filter(([, value]) => holdsEncrypted(value)).map(([path]) => path));
  if (decrypt === undefined) return { ...written, values: new Map(own.filter(([path]) => !encrypted.has(path))) };
  const clear = await parseLayer(written.name, file, await inClear(file, text, decrypt));
  return { ...written, values: clear.values, encrypted };
}

/** What is wrong with the file is told with what is wrong in others. */
async function inClear(file: string, text: string, decrypt: DecryptText): Promise<string> {
  try {
    return await decrypt(file, text);
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    const { code, message, hint } = error;
    const finding = { severity: "error", code, summary: message, position: { file, line: 1, column: 1 } } as const;
    throw new DiagnosticsError([{ ...finding, ...(hint === undefined ? {} : { hint }) }], { cause: error });
  }
}

function holdsEncrypted(value: unknown): boolean {
  if (typeof value === "string") return value.startsWith(VALUE);
  return Array.isArray(value) && value.some(holdsEncrypted);
}
