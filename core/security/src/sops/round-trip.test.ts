/** Whatever is encrypted comes back, is nowhere in the clear, and is what another implementation reads. */

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import * as fc from "fast-check";
import { decryptSops } from "sops-age";
import { beforeAll, describe, expect, it } from "vitest";
import { parse, parseDocument as parseYaml, stringify } from "yaml";
import { type Identities, openFile, protectFile, sealed, withContent } from "../index.js";

let recipient: string;
let identities: Identities;

beforeAll(async () => {
  const key = await generateX25519Identity();
  recipient = await identityToRecipient(key);
  identities = { keys: [key], looked: [] };
});

/** Texts that look like something else, and anything at all. */
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "014",
    "1_000",
    "0x1F",
    "true",
    "~",
    "null",
    "2026-01-02",
    "1e3",
    ".inf",
    "- a",
    "# b",
    "a: b",
    "a #b",
    " x ",
    "\n",
    "a\nb\n",
    "\t",
    "'",
    '"',
  ),
  fc.constantFrom("ENC[x]", "|", ">", "&a", "*a", "!t", "%", "@", "`", "<<", "=", "y", "no", "\u2028", "\r\n", "a\r", "\u0000"),
);
const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noDefaultInfinity: true, noNaN: true }));
const key = fc.oneof(fc.stringMatching(/^[a-zA-Z_][\w-]{0,8}$/), text).filter((name) => name !== "sops");
const { tree } = fc.letrec<{ tree: unknown; map: Record<string, unknown> }>((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("tree"), { maxLength: 4 }), tie("map")),
  map: fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
}));
const document = fc.dictionary(key, tree, { maxKeys: 5 });

async function roundTrip(file: string, content: string): Promise<string> {
  const made = await protectFile(file, Buffer.from(content), { recipients: [recipient] });
  const encrypted = sealed(made, 0);
  const opened = await openFile(file, Buffer.from(encrypted), identities);
  const plain = opened.document.plain();
  expect(
    sealed(withContent(opened, plain), 0)
      .split("\n")
      .filter((line) => !encrypted.split("\n").includes(line) && !line.includes("mac")),
  ).toEqual([]);
  return plain.toString("utf8");
}

describe("any file", () => {
  it("of YAML comes back", async () => {
    await fc.assert(
      fc.asyncProperty(document, async (value) => {
        // A plain text may be a number or a time to SOPS.
        const written = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, defaultStringType: "QUOTE_DOUBLE" });
        expect(parse(await roundTrip("a.yaml", written))).toEqual(parse(written));
      }),
      { numRuns: 150 },
    );
  });

  it("of JSON comes back", async () => {
    await fc.assert(
      fc.asyncProperty(document, async (value) => {
        const written = JSON.stringify(value);
        expect(JSON.parse(await roundTrip("a.json", written))).toEqual(JSON.parse(written));
      }),
      { numRuns: 150 },
    );
  });

  it("of lines comes back", async () => {
    const line = fc.tuple(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()).filter(([name]) => !name.startsWith("sops_"));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        const written = lines.map(([name, value]) => `${name}=${value.replaceAll("\\n", "")}\n`).join("");
        expect(await roundTrip("a.env", written)).toBe(written);
      }),
      { numRuns: 60 },
    );
  });

  it("of bytes comes back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const made = await protectFile("a.bin", Buffer.from(bytes), { recipients: [recipient] });
        const opened = await openFile("a.bin", Buffer.from(sealed(made, 0)), identities);
        expect(new Uint8Array(opened.document.plain())).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it("is what another implementation reads", async () => {
    const simple = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.oneof(fc.stringMatching(/^[ -~]{1,20}$/), fc.boolean(), fc.maxSafeInteger()),
      {
        minKeys: 1,
        maxKeys: 5,
      },
    );
    const [secretKey = ""] = identities.keys;
    await fc.assert(
      fc.asyncProperty(
        simple.filter((value) => !("sops" in value)),
        async (value) => {
          const made = await protectFile("a.yaml", Buffer.from(stringify(value, { lineWidth: 0 })), { recipients: [recipient] });
          const encrypted = sealed(made, 0);
          expect(parseYaml(encrypted).errors).toEqual([]);
          expect(await decryptSops(encrypted, { secretKey, fileType: "yaml" })).toEqual(value);
        },
      ),
      { numRuns: 40 },
    );
  });
});
