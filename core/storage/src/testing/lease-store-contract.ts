/** What every lease store promises. */

import { infraName } from "@provisioning/model";
import { describe, expect, test } from "vitest";
import { infraScope, type LeaseScope } from "../ports/lease-store.js";
import type { ContractContext } from "./storage-contract.js";

export function leaseStoreContract(context: ContractContext): void {
  const leases = () => context.storage().leases;
  const { clock } = context;
  const scope = infraScope(infraName("shop"));

  describe("leases", () => {
    test("says who has it since when, and refuses others", async () => {
      const lease = await leases().acquire(scope, "ada", 1000);
      expect(lease).toMatchObject({ scope, holder: "ada", since: clock.now(), expiresAt: clock.now() + 1000 });
      await clock.advance(500);
      const refusal = leases().acquire(scope, "bob", 1000);
      await expect(refusal).rejects.toMatchObject({ code: "LEASE_HELD", lease: { holder: "ada", since: lease.since } });
      await expect(refusal).rejects.toThrow(/ada/);
      expect(await leases().current(scope)).toEqual(lease);
    });

    test("other scopes are free", async () => {
      await leases().acquire(scope, "ada", 1000);
      expect(await leases().acquire(infraScope(infraName("blog")), "bob", 1000)).toMatchObject({ holder: "bob" });
    });

    test("of many takers exactly one gets it", async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => leases().acquire(scope, `w${index}`, 1000)),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    test("is free after it was released; releasing twice is nothing", async () => {
      const first = await leases().acquire(scope, "ada", 1000);
      await leases().release(first);
      await leases().release(first);
      expect(await leases().current(scope)).toBeUndefined();
      const second = await leases().acquire(scope, "bob", 1000);
      expect(second.token).toBeGreaterThan(first.token);
    });

    test("a heartbeat extends it", async () => {
      const lease = await leases().acquire(scope, "ada", 1000);
      await clock.advance(900);
      expect(await leases().heartbeat(lease)).toMatchObject({ token: lease.token, expiresAt: clock.now() + 1000 });
      await clock.advance(900);
      await expect(leases().acquire(scope, "bob", 1000)).rejects.toMatchObject({ code: "LEASE_HELD" });
    });

    test("an expired one can be taken over, and its holder is refused from then on", async () => {
      const first = await leases().acquire(scope, "ada", 1000);
      await clock.advance(1000);
      expect(await leases().current(scope)).toBeUndefined();
      const second = await leases().acquire(scope, "bob", 1000);
      expect(second.token).toBeGreaterThan(first.token);
      await expect(leases().heartbeat(first)).rejects.toMatchObject({ code: "TOKEN_STALE" });
      await expect(leases().release(first)).rejects.toMatchObject({ code: "TOKEN_STALE" });
      expect(await leases().current(scope)).toMatchObject({ holder: "bob" });
    });

    test("an expired one that nobody took goes on with its next heartbeat", async () => {
      const lease = await leases().acquire(scope, "ada", 1000);
      await clock.advance(5000);
      await leases().heartbeat(lease);
      expect(await leases().current(scope)).toMatchObject({ holder: "ada", token: lease.token });
    });

    test("what nobody holds is forgotten by the beginning of its scope", async () => {
      const scopeOf = (name: string) => `once/${name}` as LeaseScope;
      const acquire = (name: string, ttlMs: number) => leases().acquire(scopeOf(name), "ada", ttlMs);
      const [over, held, released] = [await acquire("over", 1000), await acquire("held", 5000), await acquire("released", 5000)];
      const other = await leases().acquire(scope, "ada", 1000);
      await leases().release(released);
      await clock.advance(1000);
      await leases().forgetFree("once/");
      await leases().forgetFree("once/");
      await expect(leases().heartbeat(over)).rejects.toMatchObject({ code: "TOKEN_STALE" });
      await leases().release(over);
      expect(await leases().current(held.scope)).toEqual(held);
      expect(await leases().heartbeat(other)).toMatchObject({ token: other.token });
      expect(await acquire("over", 1000)).toMatchObject({ holder: "ada" });
      expect(await acquire("released", 1000)).toMatchObject({ holder: "ada" });
    });

    context.testReopened("tokens go on growing after opening again", async () => {
      const first = await leases().acquire(scope, "ada", 1000);
      await leases().release(first);
      await context.reopen();
      const second = await leases().acquire(scope, "bob", 1000);
      expect(second.token).toBeGreaterThan(first.token);
      await context.reopen();
      await clock.advance(1000);
      expect((await leases().acquire(scope, "eve", 1000)).token).toBeGreaterThan(second.token);
    });
  });
}
