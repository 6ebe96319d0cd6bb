import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { kclStepSchemas } from "./kcl-schema.js";

it("is what kcl/steps.k holds (write it anew with vitest --update)", async () => {
  await expect(kclStepSchemas()).toMatchFileSnapshot(fileURLToPath(new URL("../../../../kcl/steps.k", import.meta.url)));
});
