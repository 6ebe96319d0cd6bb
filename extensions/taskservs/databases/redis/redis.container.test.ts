import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { argumentsSeen } from "../../testing/arguments-seen.js";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial, touched } from "../../testing/trial.js";

/** Characters that have a meaning to shells, redis.conf and templates. */
const SECRET = "s3cret#$(id){{x}}";
const config = { password: SECRET, max_memory_mb: 32 };
const secrets = [SECRET];

await describeTaskserv({ name: "redis", config, secrets });

describe.skipIf(await testServerObstacle())("redis", { sequential: true }, () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await openTrial([
      { name: "cache", taskservs: ["redis"] },
      { name: "client", taskservs: [] },
    ]);
  });
  afterAll(() => trial?.close());

  it("never shows the password as an argument of a process", async () => {
    const seen = await argumentsSeen(trial.machine("cache"), SECRET, "redis-server", async () => {
      expect(complaints(await trial.run("apply", "redis", "cache", { config, secrets }))).toEqual([]);
    });
    expect(seen).toEqual({ text: false, control: true });
  });

  it("is reached with the password from another server, not without", async () => {
    await trial.machine("client").exec("sh", "-c", "apt-get install -y redis-tools >/dev/null 2>&1");
    const ask = (environment: string) =>
      trial
        .machine("client")
        .exec(
          "env",
          environment,
          "redis-cli",
          "--no-auth-warning",
          "-h",
          trial.machine("cache").address,
          "CONFIG",
          "GET",
          "maxmemory",
        );
    expect(await ask(`REDISCLI_AUTH=${SECRET}`)).toBe("maxmemory\n33554432");
    expect(await ask("NOTHING=1")).toContain("NOAUTH");
  });

  it("plans the file and the restart when the port changes", async () => {
    const moved = { ...config, port: 6380 };
    expect(touched(await trial.run("check", "redis", "cache", { config: moved, secrets }))).toEqual(["config", "service"]);
    const report = await trial.run("apply", "redis", "cache", { config: moved, secrets });
    expect(complaints(report)).toEqual([]);
    expect(touched(report)).toEqual(["config", "service"]);
  });

  it("reports the password neither in diffs nor in output", async () => {
    const report = await trial.run("apply", "redis", "cache", { config: { ...config, password: `${SECRET}2` }, secrets });
    expect(touched(report)).toEqual(["config", "service"]);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  });

  it("refuses to listen to everybody without a password", async () => {
    const compile = trial.compile("redis", "cache", { bind: ["0.0.0.0"] });
    await expect(compile).rejects.toThrow(/password/);
  });

  it("leaves nothing behind", async () => {
    expect(complaints(await trial.run("remove", "redis", "cache", { config }))).toEqual([]);
    const left = "getent passwd redis; ls -d /etc/redis /var/lib/redis /var/log/redis 2>/dev/null; dpkg -l | grep redis || true";
    expect(await trial.machine("cache").exec("sh", "-c", left)).toBe("");
  });
});
