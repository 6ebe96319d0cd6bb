/**
 * One SSH key (ed25519) per workspace, with which all its local servers are logged in to. Made once; the private key never leaves
 * the provider's data directory.
 */

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { readOrMakeOnce } from "./once-file.js";

export interface WorkspaceKey {
  /** Path of the private key, mode 0600. */
  readonly identityFile: string;
  /** A line for `authorized_keys`. */
  readonly publicLine: string;
}

/** The private key holds its public half, so one file is enough and the two can never disagree. */
export async function ensureWorkspaceKey(dataDir: string): Promise<WorkspaceKey> {
  const identityFile = join(dataDir, "id_ed25519");
  const privateKey = await readOrMakeOnce(identityFile, makePrivateKey);
  return { identityFile, publicLine: publicLineOf(privateKey) };
}

const TYPE = "ssh-ed25519";
const COMMENT = "provisioning";
const MAGIC = "openssh-key-v1\0";
/** Cipher "none" pads to this many bytes. */
const BLOCK_BYTES = 8;

/** The format of OpenSSH (PROTOCOL.key), without a passphrase. */
export function makePrivateKey(): string {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = Buffer.from(jwk.x ?? "", "base64url");
  const seed = Buffer.from(jwk.d ?? "", "base64url");
  const publicBlob = Buffer.concat([field(TYPE), field(publicKey)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, publicBlob, field(Buffer.concat([seed, publicKey])), field(COMMENT)]);
  const padding = Buffer.from(
    Array.from({ length: (BLOCK_BYTES - (secret.length % BLOCK_BYTES)) % BLOCK_BYTES }, (_, at) => at + 1),
  );
  const body = Buffer.concat([
    Buffer.from(MAGIC),
    field("none"),
    field("none"),
    field(""),
    uint32(1),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

/** Reads the public half out of a private key made by `makePrivateKey`. */
export function publicLineOf(privateKey: string): string {
  const body = Buffer.from(privateKey.replace(/-----[^-]+-----|\s/g, ""), "base64");
  let at = MAGIC.length;
  const next = () => {
    const length = body.readUInt32BE(at);
    const value = body.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  for (let skipped = 0; skipped < 3; skipped += 1) next();
  at += 4;
  return `${TYPE} ${next().toString("base64")} ${COMMENT}`;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
