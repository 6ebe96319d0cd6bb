import { describe, expect, it } from "vitest";
import { readManifest } from "./manifest.js";

describe("kcl.mod", () => {
  it("says name, dependencies and profile, however TOML writes them", () => {
    const manifest = readManifest(`
# a comment
[package]
name = "shop" # another
edition = 'v0.11.0'

[dependencies]
k8s = "1.28"
my-lib = { path = "../my-lib", version = "0.1.0" }
oci = { oci = "oci://example.org/x", tag = "2" }
dependencies-of.x = 1

[dependencies.far]
path = """
/opt/far"""

[profile]
entries = [
  "main.k", # first
  "a/b.k",
]
disable_none = true
sort_keys = false
arguments = ["a=1"]
`);
    expect(manifest.name).toBe("shop");
    expect(manifest.dependencies).toEqual([
      { name: "k8s", version: "1.28" },
      { name: "my_lib", path: "../my-lib", version: "0.1.0" },
      { name: "oci", version: "2" },
      { name: "dependencies_of" },
      { name: "far", path: "/opt/far" },
    ]);
    expect(manifest.profile).toMatchObject({
      entries: ["main.k", "a/b.k"],
      arguments: ["a=1"],
      disableNone: true,
      sortKeys: false,
    });
  });

  it.each(["", "[", "a =", "[package]\nname = [1,", "= 1", 'name = "open', '[profile]\nentries = "one.k"'])(
    "goes on after what it does not know: %j",
    (text) => {
      expect(readManifest(text).name).toBeUndefined();
    },
  );
});
