import { expect, it } from "vitest";
import { parseTaskservManifest, requireTaskservManifest } from "../index.js";

const where = { file: "etcd/manifest.toml" };
const complete = {
  name: "etcd",
  version: "3.4.23",
  category: "databases",
  description: "A key-value store.",
  requires: ["os"],
  conflicts_with: ["consul"],
  minimum_resources: { cpu: 1, memory_mib: 512, disk_gib: 2 },
  systems: [{ id: "debian", versions: ["12"] }],
  roles: ["control"],
  secrets: ["root.password", "users.*.password"],
  update_source: { type: "apt", location: "etcd-server" },
};

it("reads a manifest", () => {
  expect(requireTaskservManifest(complete, where)).toEqual({
    name: "etcd",
    version: "3.4.23",
    category: "databases",
    description: "A key-value store.",
    requires: ["os"],
    optionalRequires: [],
    conflictsWith: ["consul"],
    minimumResources: { cpu: 1, memoryMiB: 512, diskGiB: 2 },
    systems: [{ id: "debian", versions: ["12"] }],
    roles: ["control"],
    type: "host",
    updateSource: { type: "apt", location: "etcd-server" },
    homepage: undefined,
    clustered: false,
    secrets: ["root.password", "users.*.password"],
  });
});

it("gives all findings together", () => {
  const broken = {
    ...complete,
    version: "latest",
    category: "database",
    require: ["os"],
    conflicts_with: ["etcd"],
    minimum_resources: { memory: 1, cpu: -1 },
    systems: [{}],
  };
  const { diagnostics } = parseTaskservManifest(broken, where);
  expect(diagnostics.map((item) => item.detail)).toEqual([
    "The value of require is not known. Did you mean requires?",
    'The value of version cannot be "latest".',
    "The value of category must be one of container-runtimes, orchestration, networking, storage, databases, observability, security, development, messaging, system. Did you mean databases?",
    "The value of minimum_resources.memory is not known. Did you mean memory_mib?",
    "The value of minimum_resources.cpu must be a number that is not negative.",
    "The value of systems[0].id is missing.",
    "The value of conflicts_with must not name the taskserv itself.",
  ]);
  expect(() => requireTaskservManifest(broken, where)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
});
