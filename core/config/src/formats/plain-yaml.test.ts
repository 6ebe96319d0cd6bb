import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePlainYaml } from "./plain-yaml.js";
import { parseYaml } from "./yaml.js";

function both(text: string) {
  const plain = parsePlainYaml("f", text);
  let full: unknown;
  try {
    full = parseYaml("f", text, () => undefined);
  } catch {
    full = "broken";
  }
  return { plain, full };
}

describe("plain YAML", () => {
  it("is read with its places", () => {
    const text =
      "# c\nservers:\n  default_plan: large # why\n  labels:\n    team: 'a b'\n\nrun:\n  keep: 7\nlocal:\nstorage: \n  data_dir: \"/x y\"\nat: 2026-01-02T03:04:05.678Z\npath: /a/b\n";
    const { plain, full } = both(text);
    expect(plain).toEqual(full);
    expect(plain?.values.get("servers.labels.team")).toBe("a b");
    expect(plain?.values.get("local")).toBeNull();
  });

  it.each([
    "a: {b: 1}\n",
    "a: [1]\n",
    "a: |\n  text\n",
    "a: &x 1\n",
    "a: 1.5\n",
    "a: 0x10\n",
    "a: 1_000\n",
    'a: "\\n"\n',
    "a: 'it''s'\n",
    "a: b c\n",
    "a: b:\n",
    "a: 1\na: 2\n",
    "  a: 1\nb: 2\n",
    "a:\n    b: 1\n  c: 2\n",
    "a: 1\n  b: 2\n",
    "a:\n\tb: 1\n",
    "a: 1\r\n",
    "- a\n",
    "---\na: 1\n",
    "%YAML 1.2\n",
    "a.b: 1\n",
    "? a\n",
    "a: 1\n...\n",
    "a: !!str 1\n",
    "a: 2026-01-01\n",
    "<<: x\n",
    "a: ~\n",
    "a #: b\n",
    "a: b#c\n",
    "a: 'b'#c\n",
    "\ufeffa: 1\n",
  ])("is left to the parser, or means the same: %j", (text) => {
    const { plain, full } = both(text);
    if (plain !== undefined) expect(plain).toEqual(full);
  });

  it("means what the parser says, whenever it is certain", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "a",
        "b",
        "key",
        ":",
        ": ",
        " ",
        "  ",
        "\n",
        "\n  ",
        "\n    ",
        "#",
        " # c",
        "'",
        '"',
        "-",
        "0",
        "7",
        "true",
        "null",
        "{",
        "}",
        "[",
        "~",
        "\t",
        "/",
        ".",
      ),
      fc.constantFrom("a: 1\n", "b:\n", "  c: x\n", "    d: 'y'\n", "  e:\n", 'f: "z" # c\n', "\n", "  # c\n"),
    );
    let certain = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const { plain, full } = both(pieces.join(""));
        if (plain === undefined) return;
        certain += 1;
        expect(plain).toEqual(full);
      }),
      { numRuns: 3_000 },
    );
    expect(certain).toBeGreaterThan(100);
  });
});
