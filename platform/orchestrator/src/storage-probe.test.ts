import { expect, it } from "vitest";
import { ProvisioningError } from "@provisioning/model";
import { StorageProbe } from "./storage-probe.js";

/** A storage that answers when it is told to. */
function slowStorage() {
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let now = 0;
  const probe = new StorageProbe({
    ask: () => new Promise<void>((resolve, reject) => open.push({ resolve, reject })),
    now: () => now,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    failure: () => probe.failure(),
    pass: (ms: number) => (now += ms),
    asked: () => open.length,
    async answer(error?: Error) {
      const last = open.at(-1);
      if (error === undefined) last?.resolve();
      else last?.reject(error);
      await settle();
    },
  };
}

it("asks once a second, however many want to know, and not at all when nobody does", async () => {
  const storage = slowStorage();
  expect(storage.asked()).toBe(0);
  for (let count = 0; count < 1_000; count += 1) expect(storage.failure()).toBe(undefined);
  expect(storage.asked()).toBe(1);
  await storage.answer();
  storage.pass(999);
  storage.failure();
  expect(storage.asked()).toBe(1);
  storage.pass(1);
  storage.failure();
  expect(storage.asked()).toBe(2);
});

it("says that a storage hangs, asks it nothing more meanwhile, and is content when it answers", async () => {
  const storage = slowStorage();
  storage.failure();
  storage.pass(2_999);
  expect(storage.failure()).toBe(undefined);
  storage.pass(1);
  expect(storage.failure()).toBe("STORE_SILENT");
  storage.pass(60_000);
  expect([storage.failure(), storage.asked()]).toEqual(["STORE_SILENT", 1]);
  await storage.answer();
  expect(storage.failure()).toBe(undefined);
});

it.each([
  [new ProvisioningError({ code: "STORE_DENIED", message: "No." }), "STORE_DENIED"],
  [new Error("a bug"), "STORE_FAILED"],
])("says what a storage throws, until it answers again: %s", async (error, code) => {
  const storage = slowStorage();
  storage.failure();
  await storage.answer(error);
  expect(storage.failure()).toBe(code);
  storage.pass(1_000);
  expect(storage.failure()).toBe(code);
  await storage.answer();
  expect(storage.failure()).toBe(undefined);
});
