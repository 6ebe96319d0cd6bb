import { describe, expect, it } from "vitest";
import { ownWords } from "./words.js";

function run(line: string): string {
  return ownWords(["kcl", "run", ...line.split(" ")], (word) => word === "folder")
    .slice(2)
    .join(" ");
}

describe("the words of KCL's own command line", () => {
  it.each([
    ["main.k -Y a.yaml b.yaml -n", "main.k --setting=a.yaml --setting=b.yaml -n"],
    ["-Y a.yaml main.k folder -", "--setting=a.yaml main.k folder -"],
    ["-D a=1 b=x.k main.k", "--argument=a=1 --argument=b=x.k main.k"],
    ["-Da=1 -Sx.y", "--argument=a=1 --path-selector=x.y"],
    ["-D =123", "--argument==123"],
    ["-D", "--argument"],
    ["-S a.b c.0 main.k", "--path-selector=a.b --path-selector=c.0 main.k"],
    ["-O a.b- -O c=-1 main.k", "--overrides=a.b- --overrides=c=-1 main.k"],
    ["--path_selector=a --sort_keys --show_hidden -H", "--path-selector=a --sort-keys --show-hidden --show-hidden"],
    ["-d -- -Y a b", "-d -- -Y a b"],
  ])("%s", (words, own) => expect(run(words)).toBe(own));

  it("leaves other commands alone", () => {
    expect(ownWords(["apply", "-Y", "a", "b"], () => false)).toEqual(["apply", "-Y", "a", "b"]);
    expect(ownWords(["kcl", "vet", "a.yaml", "--attribute_name=x_y"], () => false)).toEqual([
      "kcl",
      "vet",
      "a.yaml",
      "--attribute-name=x_y",
    ]);
    expect(ownWords(["kcl"], () => false)).toEqual(["kcl"]);
  });
});
