import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { styleFor } from "../style.js";
import { renderMarkdown } from "./markdown.js";

const folder = new URL("../../../../docs/user/guides/", import.meta.url);
const plain = styleFor({ write: () => undefined }, { NO_COLOR: "1" });

describe("a guide on the terminal", () => {
  it.each(readdirSync(folder))("%s has its commands as they are to be typed", (file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const blocks = [...text.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, block = ""]) => block);
    expect(blocks.length).toBeGreaterThan(5);
    const shown = `\n${renderMarkdown(text, plain, 60)}\n`;
    for (const block of blocks) expect(shown).toContain(`\n${block}\n`);
  });
});
