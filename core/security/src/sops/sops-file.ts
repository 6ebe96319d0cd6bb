/**
 * A SOPS file, opened and written.
 *
 * Each value is encrypted with the data key of the file and authenticated with its path; the message authentication code covers all values in
 * their order; the data key is encrypted for each recipient. Opening checks all of it before anything is given out.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import { invariant } from "@provisioning/model";
import { type Identities, newDataKey, unwrapKey, wrapKey } from "./age-keys.js";
import { additionalData, type DataKey, decryptScalar, encryptScalar, isEncrypted } from "./cipher.js";
import { type Leaf, shownPath, type SopsDocument } from "./document.js";
import { SopsMacError, SopsNotEncryptedError, SopsRecipientError, SopsValueError } from "./errors.js";
import { parseDocument } from "./format.js";
import { FORMAT_VERSION, readMetadata, type SopsMetadata, type WrappedKey, writeMetadata } from "./metadata.js";
import { type Scalar, scalarOf, textScalar } from "./scalar.js";
import { DEFAULT_RULE, type IsSelected, type SelectionRule, selectionOf } from "./selection.js";

/** A file that was opened: its values are readable, and it can be written again. */
export interface OpenFile {
  readonly file: string;
  readonly document: SopsDocument;
  readonly metadata: SopsMetadata;
  readonly key: DataKey;
  /** Encrypted values by place and content, in their order: what stays as it was keeps its text. */
  readonly known: KnownValues;
  /** Dotted paths of the values that were encrypted. */
  readonly secret: ReadonlySet<string>;
}

export type KnownValues = ReadonlyMap<string, readonly string[]>;

export interface Protection {
  readonly recipients: readonly string[];
  readonly rule?: SelectionRule;
  readonly macOnlyEncrypted?: boolean;
}

/** What a code over the encrypted values alone begins with: the SHA-256 of the word `sops`. */
const MAC_ONLY_ENCRYPTED = createHash("sha256").update("sops").digest();

/**
 * @throws SopsSyntaxError, SopsNotEncryptedError, SopsMetadataError, SopsUnsupportedError, SopsKeyMissingError, SopsIdentityError
 * @throws SopsValueError, SopsMacError when anything was changed
 */
export async function openFile(file: string, content: Buffer, identities: Identities): Promise<OpenFile> {
  const document = parseDocument(file, content);
  if (document.metadata === undefined) throw new SopsNotEncryptedError(file);
  const metadata = readMetadata(file, document.metadata);
  const key = await unwrapKey(file, metadata.age, identities);
  return { file, document, metadata, key, ...decryptDocument(file, document, metadata, key) };
}

/** In place. @throws SopsValueError, SopsMacError */
function decryptDocument(
  file: string,
  document: SopsDocument,
  metadata: SopsMetadata,
  key: DataKey,
): Pick<OpenFile, "known" | "secret"> {
  const isSelected = selectionOf(file, metadata.rule);
  const known = new Map<string, string[]>();
  const secret = new Set<string>();
  for (const leaf of document.leaves()) {
    if (!isSelected(leaf.path)) continue;
    const text = leaf.read().bytes.toString("utf8");
    const value = leaf.kind === "comment" ? decryptComment(text, key, leaf) : decryptValue(file, text, key, leaf);
    if (value === undefined) continue;
    const same = known.get(placeAndContent(leaf, value));
    if (same === undefined) known.set(placeAndContent(leaf, value), [text]);
    else same.push(text);
    if (leaf.kind === "value") secret.add(leaf.path.join("."));
    leaf.write(value);
  }
  const mac = decryptScalar(metadata.mac, key, metadata.lastModified);
  if (mac === undefined) throw new SopsValueError(file, "mac, the message authentication code", "is not what SOPS wrote");
  if (!isSame(mac.bytes, textScalar(macOf(valuesOf(document), metadata, isSelected)).bytes)) throw new SopsMacError(file);
  return { known, secret };
}

function decryptValue(file: string, text: string, key: DataKey, leaf: Leaf): Scalar {
  const value = decryptScalar(text, key, additionalData(leaf.path));
  if (value !== undefined && value.type !== "comment") return value;
  const problem = isEncrypted(text)
    ? "was changed or moved after it was encrypted"
    : "stands in the clear where it must be encrypted";
  throw new SopsValueError(file, shownPath(leaf.path), problem);
}

/** One in the clear stays, as in SOPS. Between two levels of a text it may belong to either. */
function decryptComment(text: string, key: DataKey, { path }: Leaf): Scalar | undefined {
  if (!isEncrypted(text)) return undefined;
  for (let length = path.length; length >= 0; length--) {
    const value = decryptScalar(text, key, additionalData(path.slice(0, length)));
    if (value !== undefined) return scalarOf("comment", value.bytes.toString("utf8"));
  }
  return undefined;
}

/** Values are compared by what they say; the type is part of it. */
function placeAndContent({ path }: Pick<Leaf, "path">, { type, bytes }: Scalar): string {
  return `${additionalData(path)}\n${type}\n${bytes.toString("base64")}`;
}

interface PlacedValue {
  readonly path: Leaf["path"];
  readonly value: Scalar;
}

function valuesOf(document: SopsDocument): PlacedValue[] {
  const values = document.leaves().filter(({ kind }) => kind === "value");
  return values.map((leaf) => ({ path: leaf.path, value: leaf.read() }));
}

function macOf(
  values: readonly PlacedValue[],
  { macOnlyEncrypted }: Pick<SopsMetadata, "macOnlyEncrypted">,
  isSelected: IsSelected,
): string {
  const hash = createHash("sha512");
  if (macOnlyEncrypted) hash.update(MAC_ONLY_ENCRYPTED);
  for (const { path, value } of values) if (!macOnlyEncrypted || isSelected(path)) hash.update(value.bytes);
  return hash.digest("hex").toUpperCase();
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** For a text that is not encrypted. @throws SopsSyntaxError, SopsRecipientError */
export async function protectFile(
  file: string,
  content: Buffer,
  { recipients, rule, macOnlyEncrypted }: Protection,
): Promise<OpenFile> {
  if (recipients.length === 0) throw noRecipients(file);
  const key = newDataKey();
  const metadata: SopsMetadata = {
    age: await wrapFor(key, recipients),
    lastModified: "",
    mac: "",
    rule: rule === undefined || Object.keys(rule).length === 0 ? DEFAULT_RULE : rule,
    macOnlyEncrypted: macOnlyEncrypted ?? false,
    version: FORMAT_VERSION,
  };
  return { file, document: parseDocument(file, content), metadata, key, known: new Map(), secret: new Set() };
}

/** The same protection for another text; values that stayed keep what they are encrypted to. @throws SopsSyntaxError */
export function withContent(opened: OpenFile, content: Buffer): OpenFile {
  return { ...opened, document: parseDocument(opened.file, content) };
}

/** With a new data key, which only `recipients` get. @throws SopsRecipientError */
export async function rotated(opened: OpenFile, recipients: readonly string[]): Promise<OpenFile> {
  if (recipients.length === 0) throw noRecipients(opened.file);
  const key = newDataKey();
  return { ...opened, key, known: new Map(), metadata: { ...opened.metadata, age: await wrapFor(key, recipients) } };
}

/** Whether the rules of the file have the value of this key encrypted. */
export function isCovered({ file, metadata }: OpenFile, path: readonly string[]): boolean {
  return selectionOf(file, metadata.rule)(path);
}

/** The text to write, of `opened` as it is. It cannot be used any more then. `now`: milliseconds since 1970. */
export function sealed({ file, document, metadata, key, known }: OpenFile, now: number): string {
  const isSelected = selectionOf(file, metadata.rule);
  const lastModified = `${new Date(now).toISOString().slice(0, -".000Z".length)}Z`;
  const mac = macOf(valuesOf(document), metadata, isSelected);
  const left = new Map([...known].map(([place, texts]) => [place, [...texts]]));
  for (const leaf of document.leaves()) {
    if (!isSelected(leaf.path)) continue;
    const value = leaf.read();
    const text = left.get(placeAndContent(leaf, value))?.shift() ?? encryptScalar(value, key, additionalData(leaf.path));
    leaf.write(textScalar(text));
  }
  const written = { ...metadata, lastModified, mac: encryptScalar(textScalar(mac), key, lastModified) };
  const text = document.encrypted(writeMetadata(written));
  assertOpens(file, text, written, key);
  return text;
}

/** Nothing is written that is in the clear where it must not be, or that could not be opened again. */
function assertOpens(file: string, text: string, metadata: SopsMetadata, key: DataKey): void {
  try {
    decryptDocument(file, parseDocument(file, Buffer.from(text)), metadata, key);
  } catch (cause) {
    invariant(false, `what was encrypted for ${file} cannot be opened: ${(cause as Error).message}`);
  }
}

function wrapFor(key: DataKey, recipients: readonly string[]): Promise<WrappedKey[]> {
  return Promise.all([...new Set(recipients)].map((recipient) => wrapKey(key, recipient)));
}

function noRecipients(file: string): SopsRecipientError {
  return new SopsRecipientError(
    `Nobody could read ${file}: it would have no recipient.`,
    "Name one with --age RECIPIENT, or in creation_rules of .sops.yaml, or make a key: age-keygen -o ~/.config/sops/age/keys.txt",
  );
}
