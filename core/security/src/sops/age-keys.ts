/** The data key of a file, encrypted for age recipients and opened with age identities. The library is loaded when a key is used. */

import { randomBytes } from "node:crypto";
import type { DataKey } from "./cipher.js";
import { SopsIdentityError, SopsKeyMissingError, SopsMetadataError, SopsRecipientError } from "./errors.js";
import type { WrappedKey } from "./metadata.js";

const DATA_KEY_BYTES = 32;

/** Identities, and where they were looked for. */
export interface Identities {
  /** `AGE-SECRET-KEY-1…` each. */
  readonly keys: readonly string[];
  /** Files and variables, for whoever has no key that fits. */
  readonly looked: readonly string[];
}

export function newDataKey(): DataKey {
  return randomBytes(DATA_KEY_BYTES);
}

/** @throws SopsRecipientError */
export async function wrapKey(key: DataKey, recipient: string): Promise<WrappedKey> {
  const age = await import("age-encryption");
  const encrypter = new age.Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new SopsRecipientError(`${recipient} is no age recipient that can be used here.`);
  }
  return { recipient, enc: age.armor.encode(await encrypter.encrypt(key)) };
}

/** With the first entry that an identity opens. @throws SopsKeyMissingError, SopsMetadataError, SopsIdentityError */
export async function unwrapKey(file: string, wrapped: readonly WrappedKey[], identities: Identities): Promise<DataKey> {
  const recipients = wrapped.map(({ recipient }) => recipient);
  if (identities.keys.length === 0) throw new SopsKeyMissingError(file, recipients, identities.looked);
  const age = await import("age-encryption");
  const decrypter = new age.Decrypter();
  for (const key of identities.keys) addIdentity(decrypter, key, identities.looked);
  const own = new Set(await recipientsOf(identities));
  for (const { recipient, enc } of wrapped) {
    const key = await decrypter.decrypt(decodeArmor(age, file, enc)).catch(() => undefined);
    if (key?.length === DATA_KEY_BYTES) return Buffer.from(key);
    if (own.has(recipient))
      throw new SopsMetadataError(file, `the key for ${recipient} does not open, though its identity is here`);
  }
  throw new SopsKeyMissingError(file, recipients, identities.looked);
}

/** @throws SopsIdentityError */
export async function recipientsOf({ keys, looked }: Identities): Promise<readonly string[]> {
  const age = await import("age-encryption");
  return Promise.all(
    keys.map((key) =>
      age.identityToRecipient(key).catch((cause: unknown) => {
        throw new SopsIdentityError(looked.join(", "), "a line is no identity", { cause });
      }),
    ),
  );
}

type Age = typeof import("age-encryption");

function addIdentity(decrypter: InstanceType<Age["Decrypter"]>, key: string, looked: readonly string[]): void {
  try {
    decrypter.addIdentity(key);
  } catch (cause) {
    throw new SopsIdentityError(looked.join(", "), "a line is no identity", { cause });
  }
}

function decodeArmor(age: Age, file: string, enc: string): Uint8Array {
  try {
    return age.armor.decode(enc);
  } catch {
    throw new SopsMetadataError(file, "the key of an entry of age is cut or changed");
  }
}
