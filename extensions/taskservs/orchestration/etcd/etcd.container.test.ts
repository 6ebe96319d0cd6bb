import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial, touched } from "../../testing/trial.js";

await describeTaskserv({ name: "etcd" });

const NAMES = ["a", "b", "c"];

describe.skipIf(await testServerObstacle())("a cluster of etcd", { sequential: true }, () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await openTrial(NAMES.map((name) => ({ name, taskservs: ["etcd"] })));
    await Promise.all(
      NAMES.map((name) => trial.machine(name).exec("sh", "-c", "command -v curl || apt-get install -y curl >/dev/null 2>&1")),
    );
  });
  afterAll(() => trial?.close());
  const ctl = (name: string, ...words: readonly string[]) =>
    trial.machine(name).exec("env", "ETCDCTL_API=3", "etcdctl", ...words);
  const install = async (name: string) => {
    const report = await trial.run("apply", "etcd", name, { withoutHealth: true });
    expect(complaints(report)).toEqual([]);
    return report;
  };
  const expectHealthy = async () => {
    const reports = await Promise.all(NAMES.map((name) => trial.run("health", "etcd", name)));
    expect(reports.flatMap(complaints)).toEqual([]);
  };

  it("forms when its members are installed one after the other", async () => {
    for (const name of NAMES) await install(name);
    await expectHealthy();
    expect((await ctl("a", "member", "list")).split("\n")).toHaveLength(3);
    for (const name of NAMES) expect(touched(await trial.run("apply", "etcd", name))).toEqual([]);
  });

  it("serves what it keeps while one member is away", async () => {
    await ctl("a", "put", "colour", "blue");
    await trial.machine("b").exec("systemctl", "stop", "etcd");
    expect(await ctl("c", "get", "--print-value-only", "colour")).toBe("blue");
    await trial.machine("b").exec("systemctl", "start", "etcd");
    await expectHealthy();
  });

  it("takes a member back that lost its data", async () => {
    await trial.machine("b").exec("sh", "-c", "systemctl stop etcd && rm -rf /var/lib/etcd/default");
    expect(touched(await install("b"))).toEqual(["data", "join", "service"]);
    await expectHealthy();
    expect(await ctl("b", "get", "--print-value-only", "colour")).toBe("blue");
    expect((await ctl("a", "member", "list")).split("\n")).toHaveLength(3);
  });

  it("lets a member go and takes it in again as a new one", async () => {
    expect(complaints(await trial.run("remove", "etcd", "c"))).toEqual([]);
    expect((await ctl("a", "member", "list")).split("\n")).toHaveLength(2);
    const left = "getent passwd etcd; ls -d /var/lib/etcd /etc/default/etcd* 2>/dev/null; dpkg -l | grep etcd || true";
    expect(await trial.machine("c").exec("sh", "-c", left)).toBe("");
    await install("c");
    await expectHealthy();
    expect(await ctl("c", "get", "--print-value-only", "colour")).toBe("blue");
  });
});
