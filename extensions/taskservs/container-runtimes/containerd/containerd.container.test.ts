import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial, touched } from "../../testing/trial.js";

const config = { mirrors: { "docker.io": ["https://mirror.internal:5000"] } };

await describeTaskserv({ name: "containerd", config });

describe.skipIf(await testServerObstacle())("containerd", { sequential: true }, () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await openTrial([{ name: "a", taskservs: ["containerd"] }]);
    await trial.prepare("containerd", "a");
  });
  afterAll(() => trial?.close());

  it("adds and forgets mirrors without a restart, and leaves those of others alone", async () => {
    expect(complaints(await trial.run("apply", "containerd", "a", { config }))).toEqual([]);
    const own = "/etc/containerd/certs.d/own.internal";
    await trial.machine("a").exec("sh", "-c", `mkdir ${own} && echo '# mine' >${own}/hosts.toml`);
    const moved = { mirrors: { "quay.io": ["https://mirror.internal:5000"] } };
    expect(touched(await trial.run("apply", "containerd", "a", { config: moved }))).toEqual([
      "mirrors-quay-io",
      "forget-mirrors",
    ]);
    expect(touched(await trial.run("apply", "containerd", "a", { config: moved }))).toEqual([]);
    expect((await trial.machine("a").exec("ls", "/etc/containerd/certs.d")).split("\n")).toEqual(["own.internal", "quay.io"]);
  });

  it("uses what the configuration says", async () => {
    const report = await trial.run("apply", "containerd", "a", { config: { snapshotter: "native", log_level: "warn" } });
    expect(complaints(report)).toEqual([]);
    expect(touched(report)).toEqual(expect.arrayContaining(["config", "service"]));
    const effective = await trial.machine("a").exec("containerd", "config", "dump");
    expect(effective).toContain('snapshotter = "native"');
    expect(effective).toContain("SystemdCgroup = true");
  });

  it("leaves nothing behind, and the runtime it requires in place", async () => {
    expect(complaints(await trial.run("remove", "containerd", "a"))).toEqual([]);
    const left = "ls -A /var/lib/containerd 2>/dev/null; ls -d /etc/containerd 2>/dev/null; dpkg -l | grep containerd || true";
    expect(await trial.machine("a").exec("sh", "-c", left)).toBe("");
    expect(await trial.machine("a").exec("runc", "--version")).toContain("runc");
  });
});
