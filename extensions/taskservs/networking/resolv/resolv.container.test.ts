import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial } from "../../testing/trial.js";

await describeTaskserv({ name: "resolv", config: { search: ["trial.internal"] } });

describe.skipIf(await testServerObstacle())("resolv", { sequential: true }, () => {
  let trial: Trial;
  let original: string;
  const text = () => trial.machine("a").exec("cat", "/etc/resolv.conf");
  beforeAll(async () => {
    trial = await openTrial([{ name: "a", taskservs: ["resolv"] }]);
    await trial.machine("a").exec("sh", "-c", "echo 'options ndots:0 timeout:9' >>/etc/resolv.conf");
    original = await text();
  });
  afterAll(() => trial?.close());

  it("keeps nameservers and other options with the default configuration", async () => {
    expect(complaints(await trial.run("apply", "resolv", "a"))).toEqual([]);
    const lines = (await text()).split("\n");
    expect(lines.filter((line) => line.startsWith("nameserver"))).toEqual(
      original.split("\n").filter((line) => line.startsWith("nameserver")),
    );
    expect(lines.at(-1)).toBe("options ndots:0 timeout:2 attempts:3");
  });

  it("replaces the nameservers when some are given, and brings the old ones back", async () => {
    const config = { nameservers: ["192.0.2.53"], search: ["trial.internal"] };
    expect(complaints(await trial.run("apply", "resolv", "a", { config }))).toEqual([]);
    expect(await text()).toContain("search trial.internal\nnameserver 192.0.2.53\noptions timeout:2 attempts:3");
    expect(complaints(await trial.run("apply", "resolv", "a"))).toEqual([]);
    expect(await text()).not.toContain("192.0.2.53");
    expect(await text()).toMatch(/^nameserver /m);
  });

  it("gives the original back when it is removed", async () => {
    expect(complaints(await trial.run("remove", "resolv", "a"))).toEqual([]);
    expect(await text()).toBe(original);
  });

  it("leaves a resolv.conf alone that a service writes", async () => {
    await trial.machine("a").exec("sh", "-c", "mv /etc/resolv.conf /run/resolv.conf && ln -s /run/resolv.conf /etc/resolv.conf");
    expect(complaints(await trial.run("apply", "resolv", "a"))).toEqual([]);
    expect(await text()).toBe(original);
    const config = { nameservers: ["192.0.2.53"] };
    expect(complaints(await trial.run("apply", "resolv", "a", { config }))).toEqual([]);
    expect(complaints(await trial.run("remove", "resolv", "a", { config }))).toEqual([]);
    expect(await trial.machine("a").exec("readlink", "/etc/resolv.conf")).toBe("/run/resolv.conf");
    expect(await text()).toBe(original);
  });
});
