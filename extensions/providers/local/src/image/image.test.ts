import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aptSourcesFrom, parseIndexTargets, readAptSources } from "./apt-sources.js";
import { fakeMachine } from "../testing/fake-machine.js";
import { withMachineLock } from "../machine-lock.js";
import { splitImageName } from "./from-registry.js";
import { imageChanges, recipeDigest, setupProgram } from "./recipe.js";

describe("recipe", () => {
  it("is a shell program", () => {
    expect(() =>
      execFileSync("sh", ["-n"], { input: setupProgram({ lines: ["deb http://mirror/ bookworm main"] }) }),
    ).not.toThrow();
  });

  it("holds nobody's key and no host key", () => {
    const program = setupProgram(undefined);
    expect(program).not.toContain("authorized_keys");
    expect(program).toContain("rm -f /etc/ssh/ssh_host_*");
  });

  it("has one identity, whatever the mirror", () => {
    expect(recipeDigest()).toMatch(/^[0-9a-f]{16}$/);
    expect(imageChanges(recipeDigest())).toContain(`LABEL provisioning.recipe=${recipeDigest()}`);
  });
});

describe("apt sources", () => {
  const targets = parseIndexTargets(
    [
      "http://security.example/debian-security/\tbookworm-security\tmain",
      "http://mirror.example/debian/\tbookworm\tmain",
      "http://mirror.example/debian/\tbookworm\tcontrib",
      "http://mirror.example/debian/\tbookworm-updates\tmain",
      "https://other.example/apt/\tcloud-tools\tmain",
      "file:/local/\tbookworm\tmain",
      "",
    ].join("\n"),
  );

  it("are the machine's own mirrors, the release first", () => {
    expect(aptSourcesFrom(targets, "bookworm")?.lines.map((line) => line.replace(/\[.*?\] /, ""))).toEqual([
      "deb http://mirror.example/debian/ bookworm main contrib",
      "deb http://security.example/debian-security/ bookworm-security main",
      "deb http://mirror.example/debian/ bookworm-updates main",
    ]);
  });

  it("name the image's release on a machine with another one", () => {
    const trixie = targets.map((target) => ({ ...target, codename: target.codename.replace("bookworm", "trixie") }));
    expect(aptSourcesFrom(trixie, "trixie")?.lines[0]).toContain(" bookworm main");
  });

  it("stay those of the image where the machine has none to give", async () => {
    expect(aptSourcesFrom([], "bookworm")).toBeUndefined();
    expect(await readAptSources(fakeMachine({ osRelease: { id: "fedora", idLike: [], codename: "" } }))).toBeUndefined();
  });
});

describe("splitImageName", () => {
  it.each([
    ["debian", "debian", "latest"],
    ["debian:12", "debian", "12"],
    ["localhost:5000/debian", "localhost:5000/debian", "latest"],
    ["localhost:5000/debian:12", "localhost:5000/debian", "12"],
    ["debian@sha256:00", "debian@sha256:00", undefined],
  ])("%s", (image, name, tag) => expect(splitImageName(image)).toEqual([name, tag]));
});

describe("withMachineLock", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "build-lock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("lets one work at a time and leaves nothing behind", async () => {
    let inside = 0;
    let most = 0;
    let waits = 0;
    const one = () =>
      withMachineLock(join(folder, "lock"), { clock: systemClock, onWait: () => void (waits += 1) }, async () => {
        most = Math.max(most, (inside += 1));
        await systemClock.sleep(20);
        inside -= 1;
      });
    await Promise.all([one(), one(), one()]);
    expect({ most, waits }).toEqual({ most: 1, waits: 2 });
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes over from a dead process, and from one that stopped", async () => {
    const lock = join(folder, "lock");
    writeFileSync(lock, "999999999 dead");
    expect(await withMachineLock(lock, { clock: systemClock }, async () => "mine")).toBe("mine");
    writeFileSync(lock, `${process.pid} stopped`);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await withMachineLock(lock, { clock: systemClock }, async () => "mine")).toBe("mine");
  });

  it("stops waiting when it is told to", async () => {
    const lock = join(folder, "lock");
    writeFileSync(lock, `${process.pid} holder`);
    const signal = AbortSignal.timeout(30);
    await expect(withMachineLock(lock, { clock: systemClock, signal }, async () => "mine")).rejects.toThrow();
  });
});
