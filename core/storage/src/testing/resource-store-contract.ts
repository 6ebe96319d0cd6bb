/** What every resource store promises. */

import { infraName } from "@provisioning/model";
import { describe, expect, test } from "vitest";
import { sampleResource } from "./samples.js";
import type { ContractContext } from "./storage-contract.js";

export function resourceStoreContract(context: ContractContext): void {
  const resources = () => context.storage().resources;
  const shop = infraName("shop");
  const web = sampleResource("web-01");
  const db = sampleResource("db-01");

  describe("resources", () => {
    test("a new record has version 1 and grows by one with each write", async () => {
      expect(await resources().get(shop, web.address)).toBeUndefined();
      expect(await resources().put(web, 0)).toBe(1);
      const failed = sampleResource("web-01", { status: "failed" });
      expect(await resources().put(failed, 1)).toBe(2);
      expect(await resources().get(shop, web.address)).toEqual({ record: failed, version: 2 });
    });

    test("refuses an old version and writes nothing", async () => {
      await resources().put(web, 0);
      await expect(resources().put(web, 0)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      await expect(resources().remove(shop, web.address, 2)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      await expect(resources().remove(shop, db.address, 1)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      expect(await resources().list(shop)).toEqual([{ record: web, version: 1 }]);
    });

    test("lists by address within an infra, and the infras that have records", async () => {
      const other = sampleResource("web-01", { infra: infraName("blog") });
      for (const record of [web, db, other]) await resources().put(record, 0);
      expect((await resources().list(shop)).map(({ record }) => record.address)).toEqual([db.address, web.address]);
      expect(await resources().listInfras()).toEqual(["blog", "shop"]);
      await resources().remove(other.infra, other.address, 1);
      expect(await resources().listInfras()).toEqual(["shop"]);
    });

    test("writes several or none", async () => {
      await resources().put(web, 0);
      const conflict = resources().write([
        { type: "put", record: db, expected: 0 },
        { type: "remove", infra: shop, address: web.address, expected: 9 },
      ]);
      await expect(conflict).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      expect(await resources().get(shop, db.address)).toBeUndefined();
      await resources().write([
        { type: "put", record: db, expected: 0 },
        { type: "remove", infra: shop, address: web.address, expected: 1 },
      ]);
      expect(await resources().list(shop)).toEqual([{ record: db, version: 1 }]);
    });

    test("of many who write the same version exactly one succeeds", async () => {
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => resources().put(web, 0)));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    context.testReopened("records are there after opening again, removed ones are not", async () => {
      await resources().put(web, 0);
      await resources().put(db, 0);
      await resources().put(web, 1);
      await resources().remove(shop, db.address, 1);
      await context.reopen();
      expect(await resources().list(shop)).toEqual([{ record: web, version: 2 }]);
      expect(await context.storage().info()).toMatchObject({ resources: 1 });
    });
  });
}
