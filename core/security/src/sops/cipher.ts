/**
 * One value, encrypted: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]` with everything in base64. AES-256 in GCM with an IV of 32 bytes. What is
 * authenticated besides is the path of keys, so a value is worth nothing at another place.
 */

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { boolScalar, SCALAR_TYPES, type Scalar, type ScalarType, textScalar } from "./scalar.js";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 32;
const TAG_BYTES = 16;
const ENCRYPTED = /^ENC\[AES256_GCM,data:([\w+/=]+),iv:([\w+/=]+),tag:([\w+/=]+),type:(\w+)\]$/;

export type DataKey = Buffer;

export function isEncrypted(text: string): boolean {
  return ENCRYPTED.test(text);
}

/** The keys above the value, each followed by a colon; items of lists have no key. */
export function additionalData(path: readonly (string | number)[]): string {
  return `${path.filter((part) => typeof part === "string").join(":")}:`;
}

/** An empty text stays one. */
export function encryptScalar({ type, bytes }: Scalar, key: DataKey, authenticated: string): string {
  if (bytes.length === 0) return "";
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(authenticated, "utf8"));
  const data = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const [encoded, vector, tag] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
  return `ENC[AES256_GCM,data:${encoded},iv:${vector},tag:${tag},type:${type}]`;
}

/** Absent: it is no encrypted value, or none of this key and place. */
export function decryptScalar(text: string, key: DataKey, authenticated: string): Scalar | undefined {
  if (text === "") return textScalar("");
  const [, data = "", iv = "", tag = "", type = ""] = ENCRYPTED.exec(text) ?? [];
  const [encoded, vector, tagBytes] = [data, iv, tag].map((part) => Buffer.from(part, "base64")) as [Buffer, Buffer, Buffer];
  if (!isScalarType(type) || vector.length === 0 || tagBytes.length !== TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, vector, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(authenticated, "utf8"));
  decipher.setAuthTag(tagBytes);
  try {
    const bytes = Buffer.concat([decipher.update(encoded), decipher.final()]);
    return type === "bool" ? boolScalar(/^(?:1|t|true)$/i.test(bytes.toString("utf8"))) : { type, bytes };
  } catch {
    return undefined;
  }
}

/** The type is not authenticated: it only says how the bytes are shown. */
function isScalarType(type: string): type is ScalarType {
  return (SCALAR_TYPES as readonly string[]).includes(type);
}
