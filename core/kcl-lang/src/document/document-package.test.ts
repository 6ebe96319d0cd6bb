import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createMemoryHost, documentPackage, loadProgram, type PackageDocument, renderMarkdown } from "../index.js";
import { createNodeHost } from "../node-host.js";

const golden = fileURLToPath(new URL("golden/", import.meta.url));
const schemas = fileURLToPath(new URL("../../../../kcl/", import.meta.url));

function documentSource(files: Record<string, string>): PackageDocument {
  const loaded = loadProgram({
    host: createMemoryHost(files),
    files: Object.keys(files).filter((file) => /^\/\w+\.k$/.test(file)),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((finding) => finding.message).join("; "));
  return documentPackage(loaded.program);
}

describe("the documentation of a package", () => {
  it("renders every part of a schema as Markdown and as data", async () => {
    const document = documentSource({ "/shop.k": readFileSync(join(golden, "shop.k"), "utf8") });
    await expect(renderMarkdown("shop", document)).toMatchFileSnapshot(join(golden, "shop.md.golden"));
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(join(golden, "shop.json.golden"));
  });

  it("names the schema of another package that attributes come from", () => {
    const document = documentSource({
      "/kcl.mod": "",
      "/main.k": 'import base\n\nschema A(base.B):\n    """a"""\n    own: int\n',
      "/base/b.k":
        'schema B:\n    """b\n\n    Attributes\n    ----------\n    x : str\n        Of B.\n    """\n    x: str\n    own: int\n',
    });
    expect(document.files[0]?.schemas[0]?.attributes).toEqual([
      { name: "own", type: "int", required: true, description: "" },
      { name: "x", type: "str", required: true, description: "Of B.", from: "B" },
    ]);
  });

  it.each(readdirSync(schemas).filter((name) => name.endsWith(".k")))("describes every schema of %s", (name) => {
    const loaded = loadProgram({ host: createNodeHost(), files: [join(schemas, name)], root: schemas });
    if (!loaded.ok) throw new Error(loaded.diagnostics.map((finding) => finding.message).join("; "));
    const [file] = documentPackage(loaded.program).files;
    expect(file?.description).not.toBe("");
    expect(file?.schemas.filter((schema) => schema.description === "").map((schema) => schema.name)).toEqual([]);
  });
});
