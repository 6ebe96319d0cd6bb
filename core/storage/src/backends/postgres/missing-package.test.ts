import { expect, test, vi } from "vitest";
import { openStorage } from "../../index.js";

vi.mock("postgres", () => {
  throw new Error("Cannot find package 'postgres'");
});

test("says how to install the package when it is missing", async () => {
  await expect(openStorage({ type: "postgres", url: "postgres://ada@127.0.0.1:1/shop", mode: "write" })).rejects.toMatchObject({
    code: "STORE_PACKAGE_MISSING",
    hint: "Install it with: npm install postgres@3.4.9",
  });
});
