/** The schemas in use: what a definition gives when it is evaluated is what the parsers take. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadProgram, runProgram } from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";
import { isJsonObject, type Json } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseHealthChecks, parseSteps } from "../index.js";

const SCHEMA = `schema Config:
    port: int = 8080
`;

const DEFINITION = `import provisioning.steps as st

_config: Config = option("config")

install = [
    st.Package {id = "packages", names = ["nginx"]}
    st.Repository {id = "repository", name = "own", url = "https://example.org/debian"}
    st.File {id = "file", path = "/etc/a", content = "x", sensitive = True}
    st.Template {id = "site", source = "site.conf.j2", path = "/etc/nginx/sites-available/default", mode = "0644", values = {port = _config.port}}
    st.Directory {id = "directory", path = "/srv/a", recurse = True}
    st.Link {id = "link", path = "/srv/b", target = "/srv/a"}
    st.User {id = "user", name = "web", uid = 500, groups = ["adm"], authorized_keys = ["ssh-ed25519 AAAA"]}
    st.Group {id = "group", name = "web"}
    st.SystemdUnit {id = "unit", name = "web", content = "[Service]"}
    st.Service {id = "service", name = "nginx", enabled = True, state = "started", reload_on = ["site"], restart_on = ["unit"]}
    st.Archive {id = "archive", url = "https://example.org/a.tgz", sha256 = "${"0".repeat(64)}", path = "/opt/a", creates = "/opt/a/b"}
    st.Download {id = "download", url = "https://example.org/a", sha256 = "${"0".repeat(64)}", path = "/opt/c"}
    st.Sysctl {id = "sysctl", values = {"net.ipv4.ip_forward" = 1}}
    st.KernelModule {id = "module", name = "overlay"}
    st.HostEntry {id = "host", address = "10.0.0.1", names = ["a"]}
    st.Mount {id = "mount", path = "/mnt/a", source = "tmpfs", fstype = "tmpfs"}
    st.Command {id = "command", command = ["true"], unless = ["false"], env = {PORT = _config.port}}
    st.Script {id = "script", script = "true", on_change = ["site"]}
    st.WaitFor {id = "wait", port = _config.port}
    st.Output {id = "output", name = "token", command = ["cat", "/etc/token"], secret = True}
]
health = [
    st.HealthCheck {id = "page", command = ["curl", "-fsS", "http://127.0.0.1:\${_config.port}/"], retries = 5}
]
`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "definition-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function evaluate(definition: string) {
  writeFileSync(join(dir, "schema.k"), SCHEMA);
  writeFileSync(join(dir, "taskserv.k"), definition);
  const provisioning = fileURLToPath(new URL("../../../../kcl", import.meta.url));
  const files = ["schema.k", "taskserv.k"].map((name) => join(dir, name));
  const loaded = loadProgram({ host: createNodeHost(), files, packages: { provisioning } });
  if (!loaded.ok) return loaded;
  return runProgram(loaded.program, { arguments: { config: { port: 8088 } } });
}

describe("schemas of steps", () => {
  it("give what the parsers take, for every kind", () => {
    const ran = evaluate(DEFINITION);
    if (!ran.ok) throw new Error(JSON.stringify(ran.diagnostics));
    const value = ran.value as Json;
    if (!isJsonObject(value)) throw new Error("no value");
    const rendered = (value.install as Json[]).map((step) =>
      isJsonObject(step) && step.kind === "template" ? { ...step, content: "listen 8088;" } : step,
    );
    const { steps, diagnostics } = parseSteps(rendered, { taskserv: "web", list: "install" });
    expect(diagnostics).toEqual([]);
    expect(new Set(steps.map((step) => step.kind)).size).toBe(20);
    expect(steps.find((step) => step.kind === "command")).toMatchObject({ env: { PORT: "8088" }, timeout_seconds: 600 });
    const health = parseHealthChecks(value.health, { taskserv: "web", list: "health" });
    expect(health.diagnostics).toEqual([]);
    expect(health.checks[0]?.command).toEqual(["curl", "-fsS", "http://127.0.0.1:8088/"]);
  });

  it.each([
    ['st.Package {id = "a", names = []}'],
    ['st.Package {id = "Not an id", names = ["a"]}'],
    ['st.Package {id = "a", name = ["a"]}'],
    ['st.File {id = "a", path = "relative"}'],
    ['st.File {id = "a", path = "/a", state = "gone"}'],
    ['st.WaitFor {id = "a", port = 99999}'],
    ['st.Service {id = "a"}'],
  ])("refuse %s", (step) => {
    expect(evaluate(`import provisioning.steps as st\ninstall = [${step}]\n`).ok).toBe(false);
  });
});
