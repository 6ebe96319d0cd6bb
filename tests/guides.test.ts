/** Every command of the guides, as somebody would type it who copies them block by block. */

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { commandFile } from "../core/cli/src/testing/built-command.js";
import { obstacle, root } from "./support/platform.js";

const execute = promisify(execFile);
const folder = join(root, "docs", "user", "guides");
const guides = (await readdir(folder)).filter((file) => file.endsWith(".md")).sort();

const blocks = (text: string): string[] => [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);

/** Where a guide stops early, what it made is taken away. */
const CLEAN_UP = "provisioning cluster delete web --yes";

describe("guides", () => {
  it("are the three that one needs", () => {
    expect(guides).toEqual(["customize.md", "from-scratch.md", "update.md"]);
  });

  it.each(guides)("%s can be copied as it is: no prompts, no names to put in", async (guide) => {
    const found = blocks(await readFile(join(folder, guide), "utf8"));
    expect(found.join("").match(/^\s*provisioning /gm)?.length).toBeGreaterThanOrEqual(10);
    for (const block of found) expect(block).not.toMatch(/^\$ |<[a-z-]+>/m);
  });

  it.skipIf(obstacle !== undefined).each(guides)(
    "%s works from its first line to its last",
    { timeout: 600_000 },
    async (guide) => {
      const home = await mkdtemp(join(tmpdir(), "provisioning-guide-"));
      const script = blocks(await readFile(join(folder, guide), "utf8")).join("\n");
      const options = {
        cwd: home,
        maxBuffer: 64 * 1024 * 1024,
        env: {
          ...process.env,
          HOME: home,
          XDG_CONFIG_HOME: join(home, ".config"),
          NO_COLOR: "1",
          PATH: `${dirname(commandFile)}:${process.env.PATH ?? ""}`,
        },
      };
      try {
        const ran = await execute("bash", ["-ec", script], options).catch((error: { stdout: string; stderr: string }) => error);
        const told = "code" in ran ? `${ran.stdout}\n${ran.stderr}` : "";
        expect(told).toBe("");
      } finally {
        await execute("bash", ["-c", `cd */ 2>/dev/null && [ -d infra/web ] && ${CLEAN_UP}`], options).catch(() => undefined);
        await rm(home, { recursive: true, force: true });
      }
    },
  );
});
