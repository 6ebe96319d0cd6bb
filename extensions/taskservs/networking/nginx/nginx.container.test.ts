import { testServerObstacle } from "@provisioning/extension-sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTaskserv } from "../../testing/describe-taskserv.js";
import { complaints, openTrial, type Trial, touched } from "../../testing/trial.js";

await describeTaskserv({ name: "nginx", config: { port: 8080 } });

describe.skipIf(await testServerObstacle())("nginx", { sequential: true }, () => {
  let trial: Trial;
  const config = { port: 8080, upstreams: [{ name: "etcd", taskserv: "etcd", port: 2379, path: "/etcd/" }] };
  const fetchFrom = (path: string) => trial.machine("store").exec("curl", "-sS", `http://${trial.machine("web").address}${path}`);
  beforeAll(async () => {
    trial = await openTrial([
      { name: "web", taskservs: ["nginx"] },
      { name: "store", taskservs: ["etcd"] },
    ]);
    await Promise.all([trial.prepare("nginx", "web"), trial.prepare("etcd", "store")]);
  });
  afterAll(() => trial?.close());

  it("passes requests on to the servers of another taskserv, and is healthy as soon as they are there", async () => {
    const [web, store] = await Promise.all([trial.run("apply", "nginx", "web", { config }), trial.run("apply", "etcd", "store")]);
    expect([web, store].flatMap(complaints)).toEqual([]);
    expect(JSON.parse(await fetchFrom(":8080/etcd/health"))).toEqual({ health: "true" });
    expect(await fetchFrom(":8080/")).toContain("<h1>web</h1>");
  });

  it("plans the file and the reload when the port changes", async () => {
    const moved = { ...config, port: 8081 };
    expect(touched(await trial.run("check", "nginx", "web", { config: moved }))).toEqual(["site", "service"]);
    const report = await trial.run("apply", "nginx", "web", { config: moved });
    expect(complaints(report)).toEqual([]);
    expect(touched(report)).toEqual(["site", "service"]);
    expect(await fetchFrom(":8081/")).toContain("<h1>web</h1>");
    await expect(fetchFrom(":8080/")).rejects.toThrow();
  });

  it("goes on serving when a configuration is not valid", async () => {
    await trial.machine("web").exec("sh", "-c", "echo 'nonsense;' >/etc/nginx/conf.d/broken.conf");
    const moved = { ...config, port: 8082 };
    const report = await trial.run("apply", "nginx", "web", { config: moved });
    expect(report.steps.find((step) => step.step === "service")).toMatchObject({ status: "failed", reason: "SERVICE_FAILED" });
    expect(await fetchFrom(":8081/")).toContain("<h1>web</h1>");
    await trial.machine("web").exec("rm", "/etc/nginx/conf.d/broken.conf");
    expect(touched(await trial.run("apply", "nginx", "web", { config: moved }))).toEqual(["service"]);
    expect(await fetchFrom(":8082/")).toContain("<h1>web</h1>");
  });

  it("is unhealthy when nothing is behind an upstream", async () => {
    await trial.machine("store").exec("systemctl", "stop", "etcd");
    const section = await trial.compile("nginx", "web", { ...config, port: 8082 });
    expect(section.health.map((check) => check.id)).toEqual(["configuration", "page", "upstream-etcd"]);
    expect(await fetchFrom(":8082/etcd/health")).toContain("502");
  });

  it("refuses an upstream that nobody carries", async () => {
    const upstreams = [{ name: "ghost", taskserv: "ghost", port: 80, path: "/ghost/" }];
    await expect(trial.compile("nginx", "web", { upstreams })).rejects.toThrow(/carries the taskserv/);
  });
});
