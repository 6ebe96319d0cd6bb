/** The example of the quickstart, from the command line to running services and back, with real containers. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineLeftovers, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Change {
  readonly address: string;
  readonly kind: string;
  readonly drift: boolean;
  readonly fields: readonly { readonly path: string; readonly position?: { readonly file: string; readonly line: number } }[];
  readonly steps: readonly { readonly id: string; readonly diff?: string }[];
}
interface Plan {
  readonly changes: readonly Change[];
}
interface Applied {
  readonly outcome: string;
  readonly roundTrips: number;
  readonly run?: { readonly operations: readonly { readonly title: string; readonly status: string }[] };
}

const changed = (plan: Plan) => plan.changes.filter((change) => change.kind !== "none");

describe.skipIf(obstacle !== undefined)("the quickstart example", () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace("quickstart");
  });
  afterAll(() => workspace.destroy());

  it("shows what it would make and makes nothing", async () => {
    const plan = await workspace.json<Plan>("plan");
    expect(changed(plan).every((change) => change.kind === "create")).toBe(true);
    expect(plan.changes.filter((change) => change.address.startsWith("server."))).toHaveLength(3);
    // What the user did not name comes by itself.
    for (const name of ["os", "resolv", "runc", "containerd"]) {
      expect(plan.changes.some((change) => change.address === `taskserv.web-01.${name}`)).toBe(true);
    }
    expect(await workspace.json<unknown[]>("server", "list")).toEqual([]);
  });

  it("makes servers with healthy services", async () => {
    const applied = await workspace.json<Applied>("apply", "--yes");
    expect(applied.outcome).toBe("completed");
    const health = await workspace.json<{ healthy: boolean; services: { healthy: boolean }[] }>("health-check");
    expect(health.healthy).toBe(true);
    expect(health.services.length).toBeGreaterThanOrEqual(18);
  });

  it("is checked by using it: etcd across members, a query, a page", async () => {
    const write = await workspace.run("server", "ssh", "db-01", "--", "etcdctl", "put", "from", "db-01");
    expect(write.code, write.stderr).toBe(0);
    const read = await workspace.run("server", "ssh", "web-02", "--", "etcdctl", "get", "from", "--print-value-only");
    expect(read.stdout.trim()).toBe("db-01");
    const query = await workspace.run("server", "ssh", "db-01", "--", "runuser -u postgres -- psql -tAc 'select 6*7' shop");
    expect(query.stdout.trim()).toBe("42");
    const page = await workspace.run("server", "ssh", "web-01", "--", "curl -fsS http://127.0.0.1:8080/etcd/health");
    expect(page.stdout).toContain('"health"');
  });

  it("changes nothing the second time, with one round trip per server", async () => {
    const again = await workspace.json<Applied>("apply", "--yes");
    expect(again).toMatchObject({ outcome: "unchanged", roundTrips: 3 });
  });

  it("plans exactly one changed value, with its place, on the servers concerned", async () => {
    await workspace.edit("infra/shop/services.k", (text) => text.replace("_web_port = 8080", "_web_port = 8090"));
    const plan = changed(await workspace.json<Plan>("plan"));
    expect(plan.map((change) => [change.address, change.kind])).toEqual([
      ["taskserv.web-01.nginx", "update"],
      ["taskserv.web-02.nginx", "update"],
    ]);
    for (const change of plan) {
      expect(change.fields).toMatchObject([
        { path: "config.port", before: 8080, after: 8090, position: { file: "infra/shop/services.k" } },
      ]);
      expect(change.steps.some((step) => step.diff?.includes("8090"))).toBe(true);
    }
    expect(await workspace.json<Applied>("apply", "--yes")).toMatchObject({ outcome: "completed" });
    const page = await workspace.run(
      "server",
      "ssh",
      "web-01",
      "--",
      "curl -fsS -o /dev/null -w '%{http_code}' http://127.0.0.1:8090/",
    );
    expect(page.stdout).toBe("200");
  });

  it("shows a file that was edited by hand as drift, and repairs it", async () => {
    const edit = await workspace.run("server", "ssh", "web-02", "--", "echo '# by hand' >> /etc/nginx/conf.d/provisioning.conf");
    expect(edit.code, edit.stderr).toBe(0);
    const drift = changed(await workspace.json<Plan>("drift"));
    expect(drift).toMatchObject([{ address: "taskserv.web-02.nginx", drift: true }]);
    expect(drift[0]?.steps.some((step) => step.diff?.includes("by hand"))).toBe(true);
    expect((await workspace.run("drift", "--detailed-exitcode")).code).toBe(2);
    await workspace.json("apply", "--yes");
    expect(changed(await workspace.json<Plan>("drift"))).toEqual([]);
  });

  it("adds a server in one apply, and tells the others of it without calling that drift", async () => {
    await workspace.edit("infra/shop/main.k", (text) =>
      text
        .replace('{name = "web-02",', '{name = "cache-01", plan = "small", protect = True}\n        {name = "web-02",')
        .replace('"etcd"', '{name = "etcd", servers = ["db-01", "web-01", "web-02"]}')
        .replace("taskservs = [", 'taskservs = ["os"'),
    );
    const plan = changed(await workspace.json<Plan>("plan"));
    const update = plan.find((change) => change.address === "taskserv.web-02.os");
    expect(update).toMatchObject({ kind: "update", drift: false });
    expect(update?.steps.some((step) => step.diff?.includes("(known after cache-01 is created)"))).toBe(true);
    expect(await workspace.json<Applied>("apply", "--yes")).toMatchObject({ outcome: "completed" });
    expect(await workspace.json<Applied>("apply", "--yes")).toMatchObject({ outcome: "unchanged" });
    const ping = await workspace.run("server", "ssh", "web-02", "--", "getent hosts cache-01");
    expect(ping.code, ping.stderr).toBe(0);
  });

  it("deletes no protected server until the protection is taken away", async () => {
    for (const words of [
      ["server", "delete", "cache-01", "--yes"],
      ["cluster", "delete", "--yes"],
    ]) {
      const refused = await workspace.run(...words);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain("SERVER_PROTECTED");
    }
    await workspace.edit("infra/shop/main.k", (text) => text.replace(", protect = True", ""));
    await workspace.json("apply", "--yes");
    expect(await workspace.json<Applied>("server", "delete", "cache-01", "--yes")).toMatchObject({ outcome: "completed" });
    await workspace.edit("infra/shop/main.k", (text) => text.replace(/ *\{name = "cache-01".*\n/, ""));
    expect(await workspace.json<Applied>("apply", "--yes")).toMatchObject({ outcome: "completed" });
  });

  it("keeps secrets out of everything it stores and shows", async () => {
    const { stdout } = await workspace.run("server", "ssh", "db-01", "--", "cat /etc/redis/redis.conf");
    const secret = /requirepass\s+"?([A-Za-z0-9_-]{20,})/.exec(stdout)?.[1];
    expect(secret).toBeDefined();
    const stored = readdirSync(join(workspace.dir, "runtime", "store"), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    expect(stored.length).toBeGreaterThan(20);
    for (const entry of stored) expect(readFileSync(join(entry.parentPath, entry.name), "utf8")).not.toContain(secret);
  });

  it("leaves nothing behind when it is removed", async () => {
    const identity = await identityOf(workspace);
    expect(await engineLeftovers(identity)).not.toEqual([]);
    expect(await workspace.json<Applied>("cluster", "delete", "--yes")).toMatchObject({ outcome: "completed" });
    expect(await engineLeftovers(identity)).toEqual([]);
    expect(existsSync(`${workspace.dir}/runtime/secrets/shop`)).toBe(false);
    expect(existsSync(`${workspace.dir}/runtime/providers`)).toBe(false);
    expect(await workspace.json<unknown[]>("server", "list")).toEqual([]);
  });
});
