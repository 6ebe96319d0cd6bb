/** Anything at all as one value. Encrypted it is JSON with the one key `data`. */

import { type Leaf, type SopsDocument, shownPath } from "./document.js";
import { SopsSyntaxError } from "./errors.js";
import { parseJsonDocument } from "./json-document.js";
import type { Scalar } from "./scalar.js";

const KEY = "data";

/** `content`: encrypted, or as it is. @throws SopsSyntaxError */
export function parseBinaryDocument(file: string, content: Buffer): SopsDocument {
  const envelope = envelopeOf(file, content);
  const leaves = envelope?.leaves() ?? [];
  if (leaves.some(({ path }) => shownPath(path) !== KEY)) throw new SopsSyntaxError(file, `it has other keys than ${KEY}`);
  const given = leaves[0]?.read();
  let value: Scalar = given ?? { type: "str", bytes: envelope === undefined ? content : Buffer.alloc(0) };
  const write = (scalar: Scalar): void => {
    value = scalar;
  };
  const leaf: Leaf = { kind: "value", path: [KEY], read: () => value, write };
  return {
    metadata: envelope?.metadata,
    leaves: () => [leaf],
    set() {
      throw new SopsSyntaxError(file, "it has no keys: it is one value");
    },
    plain: () => value.bytes,
    encrypted(section) {
      const document = parseJsonDocument(file, "{}");
      document.set([KEY], value);
      return document.encrypted(section);
    },
  };
}

/** Absent: what is there is not encrypted. */
function envelopeOf(file: string, content: Buffer): SopsDocument | undefined {
  if (!content.includes('"sops"')) return undefined;
  try {
    const document = parseJsonDocument(file, content.toString("utf8"));
    return document.metadata === undefined ? undefined : document;
  } catch (error) {
    // A cut file is one that was encrypted all the same.
    if (content.includes("ENC[AES256_GCM,")) throw error;
    return undefined;
  }
}
