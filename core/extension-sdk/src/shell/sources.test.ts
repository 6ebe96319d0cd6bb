import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { shellSources } from "./sources.generated.js";

it("holds what the shell files hold (write it anew with npm run generate)", () => {
  const script = fileURLToPath(new URL("../../scripts/embed-shell.mjs", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"])).not.toThrow();
});

it.each(Object.entries(shellSources))("%s is valid for sh", (_, source) => {
  expect(() => execFileSync("sh", ["-n"], { input: source, stdio: ["pipe", "pipe", "pipe"] })).not.toThrow();
});
