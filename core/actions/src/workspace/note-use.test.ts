/** A list of workspaces that cannot be used stops nobody. */

import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { expect, it } from "vitest";
import { noteUse } from "./note-use.js";

it("says nothing of a list that cannot be read or written", async () => {
  const home = mkdtempSync(join(tmpdir(), "note-use-"));
  mkdirSync(join(home, "provisioning"));
  const file = join(home, "provisioning", "user_config.yaml");
  writeFileSync(file, "workspaces: {\n");
  const context = { environment: { XDG_CONFIG_HOME: home }, clock: systemClock };
  await expect(noteUse(context, "/srv/shop")).resolves.toBeUndefined();
  rmSync(file);
  mkdirSync(file);
  await expect(noteUse(context, "/srv/shop")).resolves.toBeUndefined();
  rmSync(home, { recursive: true });
});
