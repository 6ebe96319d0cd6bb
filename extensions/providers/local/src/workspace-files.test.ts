import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { infraName, serverAddress, serverName, workspaceName } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureWorkspaceKey, makePrivateKey, publicLineOf } from "./keys.js";
import { readOrMakeOnce } from "./once-file.js";
import { isOurs, ownerOf, ownershipLabels, resourceName, specDigest } from "./ownership.js";
import { engineLimits, LOCAL_PLANS, limitNotes, limitsFor, limitsFromEngine } from "./plans.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "provider-local-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the workspace's key", () => {
  it("is made once for all that ask at the same time, for its owner only", async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => ensureWorkspaceKey(folder)));
    expect(new Set(keys.map((key) => key.publicLine)).size).toBe(1);
    expect(statSync(join(folder, "id_ed25519")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["id_ed25519"]);
  });

  it.skipIf(!hasSshKeygen())("is one that OpenSSH reads", async () => {
    const { identityFile, publicLine } = await ensureWorkspaceKey(folder);
    expect(execFileSync("ssh-keygen", ["-y", "-f", identityFile], { encoding: "utf8" }).trim()).toBe(publicLine);
  });

  it("tells its public half, another one each time it is made", () => {
    const lines = [makePrivateKey(), makePrivateKey()].map(publicLineOf);
    expect(lines[0]).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[\w+/]{43} provisioning$/);
    expect(lines[0]).not.toBe(lines[1]);
  });
});

describe("readOrMakeOnce", () => {
  it("leaves no half-written file when making fails", async () => {
    const path = join(folder, "sub", "file");
    const failing = () => {
      throw new Error("no entropy");
    };
    await expect(readOrMakeOnce(path, failing)).rejects.toThrow("no entropy");
    expect(readdirSync(join(folder, "sub"))).toEqual([]);
    expect(await readOrMakeOnce(path, () => "made")).toBe("made");
    expect(await readOrMakeOnce(path, () => "again")).toBe("made");
  });
});

describe("ownership", () => {
  const shop = infraName("shop");

  it("tells two workspaces of the same name apart, and finds its own again", async () => {
    const [first, second] = [join(folder, "a"), join(folder, "b")];
    const owner = await ownerOf(first, workspaceName("dev"), shop);
    expect(await ownerOf(first, workspaceName("dev"), shop)).toEqual(owner);
    expect((await ownerOf(second, workspaceName("dev"), shop)).workspaceId).not.toBe(owner.workspaceId);
  });

  it("gives different names to what hyphens would make alike", async () => {
    const dev = workspaceName("dev");
    const names = [
      resourceName(await ownerOf(folder, dev, infraName("a-b")), "c"),
      resourceName(await ownerOf(folder, dev, infraName("a")), "b-c"),
    ];
    expect(names[0]).not.toBe(names[1]);
  });

  it("accepts only what carries all of our labels", async () => {
    const owner = await ownerOf(folder, workspaceName("dev"), shop);
    const address = serverAddress(serverName("db-01"));
    const labels = ownershipLabels(owner, address);
    expect(isOurs(labels, owner, address)).toBe(true);
    for (const name of ["provisioning.workspace-id", "provisioning.infra", "provisioning.address"]) {
      expect(isOurs({ ...labels, [name]: "other" }, owner, address)).toBe(false);
    }
    expect(isOurs(null, owner, address)).toBe(false);
  });

  it("digests a spec without regard to the order of its fields", () => {
    expect(specDigest({ a: 1, b: undefined, c: 2 })).toBe(specDigest({ c: 2, a: 1 }));
  });
});

describe("plans", () => {
  const host = { cpus: 2, memoryMiB: 3000 };

  it("are cut to the machine, and it is said", () => {
    expect(limitsFor(LOCAL_PLANS.small, host)).toEqual({ cpu: 1, memoryMiB: 1024 });
    expect(limitNotes(LOCAL_PLANS.small, host)).toEqual([]);
    expect(limitsFor(LOCAL_PLANS.xlarge, host)).toEqual({ cpu: 2, memoryMiB: 3000 });
    expect(limitNotes(LOCAL_PLANS.xlarge, host)).toHaveLength(2);
  });

  it("read back from the engine as they were given", () => {
    expect(limitsFromEngine(engineLimits({ cpu: 0.5, memoryMiB: 512 }))).toEqual({ cpu: 0.5, memoryMiB: 512 });
  });
});

function hasSshKeygen(): boolean {
  try {
    execFileSync("ssh-keygen", ["-?"], { stdio: "ignore" });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}
