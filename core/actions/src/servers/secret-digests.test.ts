import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { secretDigests } from "./secret-digests.js";

const values: Readonly<Record<string, string>> = { "env://A": "swordfish", "file://b": "swordfish", "secret:vault:c": "marlin" };

const workspace = (key: string) => ({
  digest: (text: string) => createHmac("sha256", key).update(text).digest("hex"),
  resolveSecrets: (value: unknown) => Promise.resolve(values[value as string] as never),
});

describe("digests of secrets", () => {
  const spec = {
    version: "1",
    config: { password: "env://A", port: 80, users: [{ key: "file://b" }, { key: "secret:vault:c" }] },
  };

  it("finds every reference, also in lists, and tells nothing but which are equal", async () => {
    const digests = await secretDigests(workspace("one"), spec);
    expect(Object.keys(digests)).toEqual(["config.password", "config.users.0.key", "config.users.1.key"]);
    expect(digests["config.password"]).toMatch(/^h:[0-9a-f]{12}$/);
    expect(digests["config.users.0.key"]).toBe(digests["config.password"]);
    expect(digests["config.users.1.key"]).not.toBe(digests["config.password"]);
    expect(JSON.stringify(digests)).not.toMatch(/swordfish|marlin/);
  });

  it("gives the same secret another digest in another workspace", async () => {
    const [one, again, other] = await Promise.all(["one", "one", "two"].map((key) => secretDigests(workspace(key), spec)));
    expect(again).toEqual(one);
    expect(other?.["config.password"]).not.toBe(one?.["config.password"]);
  });
});
