import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial, touched } from "../../testing/trial.js";

const config = {
  timezone: "Europe/Madrid",
  domain: "trial.internal",
  groups: [{ name: "operators" }],
  users: [{ name: "ann", groups: ["operators"], authorized_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA ann@trial"] }],
  limits: [{ item: "nofile", value: 900 }],
  motd: "A server of the trial.",
};

await describeTaskserv({ name: "os", config });

describe.skipIf(await testServerObstacle())("os", { sequential: true }, () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await openTrial([
      { name: "a", taskservs: ["os"] },
      { name: "b", taskservs: ["os"] },
    ]);
  });
  afterAll(() => trial?.close());

  it("needs no package with the default configuration", async () => {
    await trial.machine("a").exec("sh", "-c", "command -v curl || apt-get install -y curl >/dev/null 2>&1");
    expect(touched(await trial.run("check", "os", "a"))).not.toContain("packages");
  });

  it("sets what the configuration says", async () => {
    expect(complaints(await trial.run("apply", "os", "a", { config }))).toEqual([]);
    const server = trial.machine("a");
    expect(await server.exec("getent", "hosts", "b")).toContain(`${trial.machine("b").address}`);
    expect(await server.exec("getent", "hosts", "b.trial.internal")).toContain(`${trial.machine("b").address}`);
    expect(await server.exec("id", "-nG", "ann")).toContain("operators");
    expect(await server.exec("cat", "/home/ann/.ssh/authorized_keys")).toBe(config.users[0]?.authorized_keys[0]);
    expect(await server.exec("su", "-", "ann", "-c", "ulimit -n")).toBe("900");
    expect(await server.exec("date", "+%Z")).toMatch(/^CES?T$/);
  });

  it("generates another locale", async () => {
    const german = { ...config, locale: "de_DE.UTF-8" };
    expect(complaints(await trial.run("apply", "os", "a", { config: german }))).toEqual([]);
    expect(await trial.machine("a").exec("locale", "-a")).toContain("de_DE.utf8");
    expect(touched(await trial.run("apply", "os", "a", { config: german }))).toEqual([]);
  });

  it("forgets servers that are gone, and keeps what others wrote", async () => {
    const server = trial.machine("a");
    await server.exec(
      "sh",
      "-c",
      "echo '192.0.2.1 mine' >>/etc/hosts; echo '192.0.2.2 gone # provisioning os/host-gone' >>/etc/hosts",
    );
    expect(touched(await trial.run("apply", "os", "a", { config }))).toContain("forget-hosts");
    const hosts = await server.exec("cat", "/etc/hosts");
    expect(hosts).not.toContain("gone");
    expect(hosts).toContain("192.0.2.1 mine");
    expect(hosts).toContain("os/host-b");
  });

  it("leaves no names and users behind", async () => {
    expect(complaints(await trial.run("remove", "os", "a", { config }))).toEqual([]);
    const server = trial.machine("a");
    expect(await server.exec("sh", "-c", "grep -c 'provisioning os/' /etc/hosts || true")).toBe("0");
    expect(await server.exec("sh", "-c", "getent passwd ann; getent group operators; ls -d /home/ann 2>/dev/null || true")).toBe(
      "",
    );
    expect(await server.exec("cat", "/etc/hosts")).toContain("192.0.2.1 mine");
  });
});
