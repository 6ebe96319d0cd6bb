import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { tomlPositions } from "./toml-positions.js";

describe("positions in TOML", () => {
  it("are those of the keys, whatever stands around them", () => {
    const text = [
      "# [not.a.table]",
      'title = "a = 1 # no comment"',
      "  [ run . retry ]  # c",
      '  max = 3 ; "x"'.replace(' ; "x"', ""),
      'text = """',
      "fake = 1",
      '[also.fake]"""',
      "lines = [",
      '  "]", # ]',
      "  { inside = 1 },",
      "]",
      "'quoted key'.\"b\\u0041\" = 'x'",
      "map = { one = 1, two.three = { four = [ 4 ] } }",
      "[[many]]",
      "name = 1",
      "[last]",
      "at = 2026-01-02 03:04:05",
    ].join("\n");
    parse(text);
    const places = Object.fromEntries([...tomlPositions(text)].map(([path, { line, column }]) => [path, `${line}:${column}`]));
    expect(places).toEqual({
      title: "2:1",
      run: "3:5",
      "run.retry": "3:11",
      "run.retry.max": "4:3",
      "run.retry.text": "5:1",
      "run.retry.lines": "8:1",
      "run.retry.quoted key": "12:1",
      "run.retry.quoted key.bA": "12:14",
      "run.retry.map": "13:1",
      "run.retry.map.one": "13:9",
      "run.retry.map.two": "13:18",
      "run.retry.map.two.three": "13:22",
      "run.retry.map.two.three.four": "13:32",
      last: "16:2",
      "last.at": "17:1",
    });
  });

  it("are found for every leaf that the parser finds", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const name = fc.stringMatching(/^[a-zA-Z_][\w-]{0,5}$/).filter((one) => one !== "__proto__");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(name, fc.oneof({ depthSize: "small" }, leaf, tie("tree")), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = stringify(value as Record<string, unknown>);
        const places = tomlPositions(text);
        const lines = text.split("\n");
        for (const path of leaves(parse(text))) {
          const place = places.get(path);
          expect(place, `${path} in ${text}`).toBeDefined();
          const last = path.slice(path.lastIndexOf(".") + 1);
          expect(lines[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1)).toContain(last);
        }
      }),
    );
  });

  it("end for any text", () => {
    tomlPositions("a = [ } ]");
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "'", "=", ".", ",", "#", "\n", "a", "\\") }),
        (text) => void tomlPositions(text),
      ),
    );
  });
});

function leaves(value: unknown, path = ""): string[] {
  return Object.entries(value as object).flatMap(([key, item]: [string, unknown]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return typeof item === "object" && item !== null && !Array.isArray(item) ? leaves(item, at) : [at];
  });
}
