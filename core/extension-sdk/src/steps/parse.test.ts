import type { Json } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { parseHealthChecks, parseSteps, requireSteps, stepKindNames, stepTitle, undoSteps } from "../index.js";
import { stepKinds } from "./registry.js";

const where = { taskserv: "etcd", list: "install" };
const findings = (...steps: Json[]) => parseSteps(steps, where).diagnostics.map((item) => `${item.summary}: ${item.detail}`);

/** The smallest valid step of each kind. */
const SMALLEST: Record<(typeof stepKindNames)[number], Record<string, Json>> = {
  package: { names: ["etcd-server"] },
  repository: { name: "own", url: "https://example.org/debian" },
  file: { path: "/etc/a" },
  template: { source: "a.j2", path: "/etc/a", content: "x" },
  directory: { path: "/srv/a" },
  link: { path: "/srv/a", target: "b" },
  user: { name: "etcd" },
  group: { name: "etcd" },
  service: { name: "etcd" },
  systemd_unit: { name: "etcd", content: "[Service]\n" },
  archive: { url: "https://example.org/a.tar.gz", sha256: "0".repeat(64), path: "/opt/a", creates: "/opt/a/b" },
  download: { url: "https://example.org/a", sha256: "0".repeat(64), path: "/opt/a" },
  sysctl: { values: { "net.ipv4.ip_forward": 1 } },
  kernel_module: { name: "br_netfilter" },
  host_entry: { address: "10.0.0.1", names: ["a"] },
  mount: { path: "/mnt/a", source: "tmpfs" },
  command: { command: ["true"], creates: "/a" },
  script: { script: "true", unless: "false" },
  wait_for: { port: 22 },
  output: { name: "token", path: "/etc/a" },
};

describe("every kind", () => {
  it.each(stepKindNames.map((kind) => [kind]))("%s parses, has a title, and says what is missing", (kind) => {
    const [step] = requireSteps([{ kind, id: "one", ...SMALLEST[kind] }], where);
    expect(step && stepTitle(step)).toMatch(/^[A-Z][^\n]{3,}/);
    const required = stepKinds.find((item) => item.kind === kind)?.fields ?? {};
    for (const [name, field] of Object.entries(required)) {
      if (!field.required) continue;
      const without = { ...SMALLEST[kind] };
      delete without[name];
      expect(findings({ kind, id: "one", ...without })).toContain(
        `etcd: step one of install, ${name}: The attribute ${name} is missing.`,
      );
    }
    expect(findings({ kind, id: "one", ...SMALLEST[kind], zzzzzzzzz: 1 })).toEqual([
      "etcd: step one of install, zzzzzzzzz: The attribute zzzzzzzzz is not an attribute of this kind.",
    ]);
  });

  it("can be undone where something is left behind", () => {
    const kept = stepKindNames.filter(
      (kind) => undoSteps("etcd", requireSteps([{ kind, id: "one", ...SMALLEST[kind] }], where)).length === 0,
    );
    expect(kept).toEqual(["command", "script", "wait_for", "output"]);
    const steps = requireSteps(
      [
        { kind: "group", id: "a", name: "a" },
        { kind: "group", id: "b", name: "b" },
      ],
      where,
    );
    expect(undoSteps("etcd", steps).map((step) => step.id)).toEqual(["b", "a"]);
  });
});

describe("findings", () => {
  it.each<[Json, string]>([
    [
      { kind: "packge", id: "a" },
      'etcd: step a of install, kind: The attribute kind "packge" is not a kind of step. Did you mean package?',
    ],
    [{ id: "a" }, "etcd: step a of install, kind: The attribute kind is missing."],
    [
      { kind: "package", id: "A!", names: ["x"] },
      "etcd: step 1 of install, id: The attribute id must be 1 to 63 lower-case letters, digits and inner hyphens.",
    ],
    [{ kind: "package", id: "a", names: [] }, "etcd: step a of install, names: The attribute names must not be empty."],
    [
      { kind: "package", id: "a", names: ["x; rm"] },
      'etcd: step a of install, names: The attribute names item 1 must be a package name, not "x; rm".',
    ],
    [
      { kind: "package", id: "a", names: ["x"], stat: "absent" },
      "etcd: step a of install, stat: The attribute stat is not an attribute of this kind. Did you mean state?",
    ],
    [
      { kind: "package", id: "a", names: ["x", "y"], version: "1" },
      "etcd: step a of install, version: The attribute version needs exactly one name.",
    ],
    [
      { kind: "file", id: "a", path: "etc/a" },
      'etcd: step a of install, path: The attribute path must be an absolute path, not "etc/a".',
    ],
    [
      { kind: "file", id: "a", path: "/etc/../a" },
      'etcd: step a of install, path: The attribute path must not hold "..": "/etc/../a".',
    ],
    [
      { kind: "file", id: "a", path: "/etc/a\nb" },
      "etcd: step a of install, path: The attribute path holds a control character.",
    ],
    [
      { kind: "file", id: "a", path: "/a", content: "\0" },
      "etcd: step a of install, content: The attribute content holds a NUL byte. Use content_base64 for binary content.",
    ],
    [
      { kind: "file", id: "a", path: "/a", mode: "rw" },
      'etcd: step a of install, mode: The attribute mode must be an octal mode such as "0644", not "rw".',
    ],
    [
      { kind: "directory", id: "a", path: "/etc/", state: "absent" },
      "etcd: step a of install, path: The attribute path is /etc, which the system needs; it is never removed.",
    ],
    [
      { kind: "download", id: "a", path: "/a", url: "https://x.org/a" },
      "etcd: step a of install, sha256: The attribute sha256 is missing: without it nobody knows what was downloaded.",
    ],
    [
      { kind: "command", id: "a", command: ["true"] },
      "etcd: step a of install, creates: The attribute creates or unless, only_if or on_change is needed: without one the step would run every time.",
    ],
    [
      { kind: "service", id: "a", name: "x", restart_on: ["config"] },
      'etcd: step a of install, restart_on: The attribute restart_on names "config", which is no step of this list.',
    ],
    [
      { kind: "template", id: "a", source: "../x", path: "/a", content: "" },
      'etcd: step a of install, source: The attribute source must be a file name within the folder templates, not "../x".',
    ],
    [
      { kind: "template", id: "a", source: "x", path: "/a" },
      "etcd: step a of install, content: The attribute content is missing: the template was not rendered.",
    ],
    [
      { kind: "command", id: "a", command: ["a"], creates: "/a", env: { "A=B": "c" } },
      'etcd: step a of install, env: The attribute env has the name "A=B", which must be a name of an environment variable.',
    ],
    [
      { kind: "user", id: "a", name: "root", state: "absent" },
      "etcd: step a of install, name: The attribute name is root, which the system needs; it is never removed.",
    ],
    ["text", "etcd: step 1 of install: The list or step must be a map with `kind` and `id`."],
  ])("%j", (step, finding) => {
    expect(findings(step)).toEqual([finding]);
  });

  it("are given together and name their places", () => {
    const { diagnostics, steps } = parseSteps(
      [
        { kind: "group", id: "a" },
        { kind: "group", id: "b", name: "b" },
        { kind: "user", id: "b", name: "B" },
      ],
      {
        ...where,
        position: (index, field) => ({ file: "taskserv.k", line: index + 1, column: field === "name" ? 7 : 1 }),
      },
    );
    expect(diagnostics.map((item) => item.position)).toEqual([
      { file: "taskserv.k", line: 1, column: 7 },
      { file: "taskserv.k", line: 3, column: 7 },
    ]);
    expect(diagnostics.every((item) => item.code === "STEP_INVALID")).toBe(true);
    expect(steps.map((step) => step.id)).toEqual(["b"]);
  });

  it("refuse a repeated id and a reference to a later step", () => {
    const config: Json = { kind: "file", id: "config", path: "/a" };
    expect(findings(config, config)).toEqual([
      "etcd: step config of install, id: The attribute id is used by an earlier step of this list too.",
    ]);
    expect(findings({ kind: "service", id: "s", name: "x", reload_on: ["config"] }, config)).toEqual([
      'etcd: step s of install, reload_on: The attribute reload_on names "config", which comes later; only earlier steps can be named.',
    ]);
  });

  it("take null for a missing value, as KCL's None", () => {
    expect(findings({ kind: "package", id: "a", names: ["x"], version: null, title: null })).toEqual([]);
  });
});

describe("health checks", () => {
  it("have defaults", () => {
    expect(parseHealthChecks([{ id: "page", command: ["true"] }], where).checks).toEqual([
      {
        id: "page",
        title: undefined,
        command: ["true"],
        expect: undefined,
        expect_pattern: undefined,
        timeout_seconds: 10,
        retries: 5,
        interval_seconds: 2,
        mutates: false,
      },
    ]);
  });

  it("name what is wrong", () => {
    const { diagnostics } = parseHealthChecks(
      [{ id: "a" }, { id: "b", command: "x", retry: 1 }, { id: "b", command: "x" }, { id: "b", command: "x" }],
      where,
    );
    expect(diagnostics.map((item) => `${item.summary}: ${item.detail}`)).toEqual([
      "etcd: health check a, command: The attribute command is missing.",
      "etcd: health check b, retry: The attribute retry is not an attribute of this kind. Did you mean retries?",
      "etcd: health check b, id: The attribute id is used by an earlier check too.",
    ]);
  });
});
