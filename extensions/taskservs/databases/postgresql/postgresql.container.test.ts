import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { argumentsSeen } from "../../testing/arguments-seen.js";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial, touched } from "../../testing/trial.js";

/** Characters that have a meaning to shells, SQL, pgpass and templates. */
const SECRET = "p:a's\\s\"w$or{{d}} #1";
const config = {
  listen_addresses: "*",
  settings: { work_mem: "8MB", log_statement: "all", log_connections: true },
  users: [{ name: "shop", password: SECRET }, { name: "reader" }],
  databases: [{ name: "shop", owner: "shop" }],
};
const secrets = [SECRET];

await describeTaskserv({ name: "postgresql", config, secrets });

describe.skipIf(await testServerObstacle())("postgresql", { sequential: true }, () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await openTrial([
      { name: "db", taskservs: ["postgresql"] },
      { name: "client", taskservs: [] },
    ]);
  });
  afterAll(() => trial?.close());
  const apply = (changed: object) => trial.run("apply", "postgresql", "db", { config: { ...config, ...changed }, secrets });

  it("shows the password neither as an argument of a process nor in the log", async () => {
    // The packages have no secrets, and watching slows their installation down.
    expect(complaints(await apply({ users: [], databases: [] }))).toEqual([]);
    const seen = await argumentsSeen(trial.machine("db"), SECRET, "postgres", async () => {
      expect(complaints(await apply({}))).toEqual([]);
    });
    expect(seen).toEqual({ text: false, control: true });
    const log = await trial.machine("db").exec("sh", "-c", "cat /var/log/postgresql/*");
    expect(log).toContain("CREATE TEMPORARY TABLE");
    expect(log).not.toContain("p:a");
  });

  it("lets servers of the infra in with the password", async () => {
    const server = trial.machine("client");
    await server.exec("sh", "-c", "apt-get install -y postgresql-client >/dev/null 2>&1");
    const ask = (password: string) =>
      server.exec(
        "env",
        `PGPASSWORD=${password}`,
        "psql",
        "-XAtw",
        "-h",
        trial.machine("db").address,
        "-U",
        "shop",
        "-c",
        "CREATE TABLE t ()",
        "shop",
      );
    expect(await ask(SECRET)).toBe("CREATE TABLE");
    await expect(ask("wrong")).rejects.toThrow(/password authentication failed/);
  });

  it("plans the file and the restart when the port changes", async () => {
    const report = await trial.run("check", "postgresql", "db", { config: { ...config, port: 5433 }, secrets });
    expect(touched(report)).toEqual(["settings", "service"]);
    const applied = await apply({ port: 5433 });
    expect(complaints(applied)).toEqual([]);
    expect(touched(applied)).toEqual(["settings", "service"]);
  });

  it("reloads when a network is allowed", async () => {
    const report = await apply({ port: 5433, allowed_addresses: ["192.0.2.0/24"] });
    expect(complaints(report)).toEqual([]);
    expect(touched(report)).toEqual(["access", "service"]);
  });

  it("changes a password, and puts one back that somebody else changed", async () => {
    const changed = { users: [{ name: "shop", password: `${SECRET}2` }, { name: "reader" }] };
    const report = await apply(changed);
    expect(complaints(report)).toEqual([]);
    expect(touched(report)).toEqual(expect.arrayContaining(["passwords", "roles-program", "roles"]));
    expect(JSON.stringify(report)).not.toContain("or{{d}}");
    await trial.machine("db").exec("runuser", "-u", "postgres", "--", "psql", "-c", "ALTER ROLE shop PASSWORD 'other'");
    expect(touched(await apply(changed))).toEqual(["roles"]);
    expect(touched(await apply(changed))).toEqual([]);
  });

  it("refuses an owner that is no user", async () => {
    const compile = trial.compile("postgresql", "db", { databases: [{ name: "shop", owner: "nobody" }] });
    await expect(compile).rejects.toThrow(/owner/);
  });

  it("leaves nothing behind", async () => {
    expect(complaints(await trial.run("remove", "postgresql", "db", { config }))).toEqual([]);
    const left =
      "getent passwd postgres; ls -d /etc/postgresql* /var/lib/postgresql /var/log/postgresql 2>/dev/null; dpkg -l | grep postgres || true";
    expect(await trial.machine("db").exec("sh", "-c", left)).toBe("");
  });
});
