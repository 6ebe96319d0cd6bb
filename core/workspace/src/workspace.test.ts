import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiagnosticsError, infraName, systemClock, workspaceName } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  chooseInfra,
  evaluateInfra,
  findWorkspace,
  initWorkspace,
  InfraUnknownError,
  NoWorkspaceError,
  openRegistry,
  platformLayout,
  workspaceIdentity,
  workspaceLayout,
  WorkspaceUnknownError,
} from "./index.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const platform = platformLayout(root.replace(/\/$/, ""));
let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "workspace-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const registry = () => openRegistry(join(base, "config", "user_config.yaml"), systemClock);

async function make(name: string, from = platform.workspaceTemplateDir): Promise<string> {
  const dir = join(base, name);
  await initWorkspace({ name: workspaceName(name), dir, templateDir: from });
  return dir;
}

describe("initWorkspace", () => {
  it("makes the folders of a workspace and keeps runtime out of version control", async () => {
    const dir = await make("shop");
    expect(await readFile(join(dir, "config", "provisioning.yaml"), "utf8")).toContain("workspace shop");
    expect(await readFile(join(dir, ".gitignore"), "utf8")).toBe("runtime/\n");
    expect(
      (await evaluateInfra(platform, workspaceLayout(dir), infraName("demo"))).settings.servers.map((server) => server.name),
    ).toEqual(["web-01"]);
  });

  it("never overwrites what is there", async () => {
    const dir = await make("shop");
    const file = join(dir, "infra", "demo", "main.k");
    await writeFile(file, "mine");
    const again = await initWorkspace({ name: workspaceName("shop"), dir, templateDir: platform.workspaceTemplateDir });
    expect(again).toEqual([]);
    expect(await readFile(file, "utf8")).toBe("mine");
  });
});

describe("the registry", () => {
  it("keeps what else is in the user's file, comments too", async () => {
    const file = join(base, "config", "user_config.yaml");
    await mkdir(join(base, "config"));
    await writeFile(file, "# mine\neditor: vi\n");
    await registry().register(workspaceName("shop"), "/somewhere", { activate: true });
    const text = await readFile(file, "utf8");
    expect(text).toContain("# mine");
    expect(text).toContain("editor: vi");
    expect(await registry().list()).toMatchObject([{ name: "shop", path: "/somewhere", active: true }]);
  });

  it("loses nothing when many write at once", async () => {
    const names = Array.from({ length: 12 }, (_, index) => workspaceName(`w${index}`));
    await Promise.all(names.map((name) => registry().register(name, `/${name}`, { activate: false })));
    expect((await registry().list()).map((entry) => entry.name).sort()).toEqual([...names].sort());
  });

  it("refuses to switch to what it does not know, and forgets what it is told to", async () => {
    await expect(registry().switchTo(workspaceName("nope"))).rejects.toBeInstanceOf(WorkspaceUnknownError);
    await registry().register(workspaceName("shop"), "/somewhere", { activate: true });
    await registry().forget(workspaceName("shop"));
    expect(await registry().list()).toEqual([]);
  });
});

describe("findWorkspace", () => {
  it("takes what is wanted, else the folder around, else the active one", async () => {
    const [around, active] = [await make("around"), await make("active")];
    await registry().register(workspaceName("active"), active, { activate: true });
    const rootOf = async (currentDir: string, wanted?: string) =>
      (await findWorkspace({ currentDir, ...(wanted === undefined ? {} : { wanted }) }, registry())).layout.root;
    expect(await rootOf(join(around, "infra", "demo"))).toBe(around);
    expect(await rootOf(base)).toBe(active);
    expect(await rootOf(base, "around")).toBe(around);
    expect(await rootOf(around, "active")).toBe(active);
  });

  it("says how to make one when there is none", async () => {
    await expect(findWorkspace({ currentDir: base }, registry())).rejects.toBeInstanceOf(NoWorkspaceError);
  });
});

describe("the identity", () => {
  it("is made once, also by many at once, and differs between workspaces of one name", async () => {
    const layout = workspaceLayout(await make("shop"));
    const workspace = { name: workspaceName("shop"), layout };
    const identities = await Promise.all(Array.from({ length: 8 }, () => workspaceIdentity(workspace)));
    expect(new Set(identities).size).toBe(1);
    const other = { name: workspaceName("shop"), layout: workspaceLayout(join(base, "other")) };
    expect(await workspaceIdentity(other)).not.toBe(identities[0]);
  });
});

describe("evaluateInfra", () => {
  async function evaluate(source: string) {
    const dir = await make("shop");
    await writeFile(join(dir, "infra", "demo", "main.k"), source);
    return evaluateInfra(platform, workspaceLayout(dir), infraName("demo"));
  }

  it("loads the specification's example as written", async () => {
    const { settings } = await evaluate(`import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {
        name = "demo"
        provider = "upcloud"
    }

    servers = [
        {name = "control-01", plan = "medium", role = "control"}
        {name = "worker-01", plan = "large", role = "worker"}
        {name = "worker-02", plan = "large", role = "worker"}
    ]

    taskservs = ["kubernetes", "cilium", "rook-ceph"]
}
`);
    expect(settings).toMatchObject({ name: "demo", provider: "upcloud" });
    expect(settings.servers.map((server) => [server.name, server.plan, server.role])).toEqual([
      ["control-01", "medium", "control"],
      ["worker-01", "large", "worker"],
      ["worker-02", "large", "worker"],
    ]);
    expect(settings.taskservs.map((request) => request.name)).toEqual(["kubernetes", "cilium", "rook-ceph"]);
  });

  it("knows where every value was written", async () => {
    const { settings } = await evaluate(`import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "demo"}
    servers = [
        {name = "web-01", plan = "small"}
    ]
    taskservs = [
        {
            name = "nginx"
            config = {
                port = 80
            }
        }
    ]
}
`);
    expect(settings.servers[0]?.positions.plan).toMatchObject({ file: "infra/demo/main.k", line: 6 });
    expect(settings.taskservs[0]?.positions.port).toMatchObject({ file: "infra/demo/main.k", line: 12 });
  });

  it("turns a cluster of groups into servers", async () => {
    const { settings } = await evaluate(`import provisioning.cluster

settings = cluster.settings(cluster.Cluster {
    name = "demo"
    nodes = [{role = "control", count = 2, plan = "medium"}, {role = "worker", taskservs = ["nginx"]}]
    taskservs = ["etcd"]
})
`);
    expect(settings.servers.map((server) => server.name)).toEqual(["control-01", "control-02", "worker-01"]);
    expect(settings.servers[2]?.taskservs.map((request) => request.name)).toEqual(["nginx"]);
  });

  it("reports mistakes with their place", async () => {
    const error = await evaluate(`import provisioning.settings as cfg
settings: cfg.Settings = {
    infra = {name = "demo"}
    servers = [{name = "a", plam = "small"}]
}
`).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DiagnosticsError);
    expect((error as DiagnosticsError).diagnostics[0]).toMatchObject({
      position: { file: "infra/demo/main.k", line: 4 },
      sourceLine: '    servers = [{name = "a", plam = "small"}]',
    });
  });
});

describe("chooseInfra", () => {
  it("takes the only one, and asks when there are more", async () => {
    const layout = workspaceLayout(await make("shop"));
    expect(await chooseInfra(layout, undefined)).toBe("demo");
    await writeFile(join(layout.infraDir, "other.k"), "");
    await expect(chooseInfra(layout, undefined)).rejects.toMatchObject({ code: "INFRA_AMBIGUOUS" });
    expect(await chooseInfra(layout, "other")).toBe("other");
    await expect(chooseInfra(layout, "../demo")).rejects.toBeInstanceOf(InfraUnknownError);
  });
});
