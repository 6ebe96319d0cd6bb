import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { stepReference } from "./reference.js";

it("is what the README holds", () => {
  const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  expect(unpadded(readme)).toContain(unpadded(stepReference()));
});

/** The formatter pads the columns of tables. */
function unpadded(markdown: string): string {
  return markdown.replace(/ +/g, " ").replace(/-{3,}/g, "---");
}
