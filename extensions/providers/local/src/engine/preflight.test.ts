import { systemClock } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import type { Discovery, EngineInfo } from "./discover.js";
import { EngineUnreachableError } from "./errors.js";
import type { Machine } from "./machine.js";
import { parseBoundingSet, parseOsRelease } from "./machine.js";
import { fakeMachine } from "../testing/fake-machine.js";
import {
  cgroupFindings,
  diskFindings,
  engineFinding,
  memoryFinding,
  nodeFinding,
  preflight,
  sourceFinding,
} from "./preflight.js";

const info = (is: Partial<EngineInfo> = {}): { info: EngineInfo } => ({
  info: { cgroupVersion: "2", cpus: 2, memoryMiB: 4096, rootless: false, dataRoot: "/data", operatingSystem: "Debian", ...is },
});
const inputOn = (machine: Machine) => ({
  machine,
  clock: systemClock,
  discovery: { environment: {}, setting: "unix:///nowhere.sock", readFile: () => "", userId: 0 },
});

describe("findings", () => {
  it.each([
    ["20.19.0", true],
    ["22.1.0", true],
    ["20.18.3", false],
    ["18.20.0", false],
  ])("Node %s → ok %s", (version, ok) => expect(nodeFinding(version)).toMatchObject({ ok, required: true }));

  it("offers to set up a missing engine where we may", () => {
    const discovery: Discovery = {
      found: false,
      tried: [{ where: "unix:///x", error: new EngineUnreachableError("unix:///x") }],
    };
    const finding = engineFinding(discovery, inputOn(fakeMachine()));
    expect(finding).toMatchObject({ ok: false, required: true, found: expect.stringContaining("unix:///x") as string });
    expect(finding.fix?.run).toBeTypeOf("function");
    expect(engineFinding(discovery, inputOn(fakeMachine({ platform: "darwin" }))).fix?.run).toBeUndefined();
  });

  it("tells a socket that may not be used from a missing engine", () => {
    const cause = Object.assign(new Error("denied"), { code: "EACCES" });
    const discovery: Discovery = {
      found: false,
      tried: [{ where: "unix:///x", error: new EngineUnreachableError("unix:///x", { cause }) }],
    };
    expect(engineFinding(discovery, inputOn(fakeMachine({ userId: 1000 }))).fix?.text).toContain("usermod -aG docker");
  });

  it("wants 3 GiB at the engine's data root, and says nothing of a disk it cannot see", () => {
    expect(diskFindings(info(), fakeMachine({ freeBytes: () => 4 * 1024 ** 3 }))[0]).toMatchObject({
      ok: true,
      found: "4.0 GiB free at /data",
    });
    expect(diskFindings(info(), fakeMachine({ freeBytes: () => 1024 ** 3 }))[0]).toMatchObject({ ok: false, required: true });
    expect(diskFindings(info(), fakeMachine())).toEqual([]);
  });

  it("warns about little memory without refusing", () => {
    expect(memoryFinding({ total: 2048, available: 700 })).toMatchObject({ ok: false, required: false });
  });

  it("wants systemd's hierarchy only where cgroups are version 1", () => {
    expect(cgroupFindings(info(), fakeMachine())).toEqual([]);
    expect(cgroupFindings(info({ cgroupVersion: "1" }), fakeMachine())[0]).toMatchObject({ ok: false });
    expect(cgroupFindings(info({ cgroupVersion: "1" }), fakeMachine({ exists: () => true }))[0]).toMatchObject({ ok: true });
  });

  it("installs mmdebstrap when asked to", async () => {
    const commands: string[] = [];
    const machine = fakeMachine({
      run: async (command) => {
        commands.push(command.join(" "));
        return { exitCode: 0, stdout: "", stderr: "" };
      },
    });
    await sourceFinding("installable", { machine }).fix?.run?.(() => undefined);
    expect(commands).toEqual([expect.stringMatching(/^apt-get .*install .*mmdebstrap$/)]);
  });

  it("stops after the engine when none is there", async () => {
    const findings = await preflight(inputOn(fakeMachine({ platform: "darwin" })));
    expect(findings.map((finding) => [finding.id, finding.ok])).toEqual([
      ["node-version", true],
      ["container-engine", false],
      ["memory", true],
      ["ports", true],
    ]);
  });
});

describe("looking at the machine", () => {
  it("reads os-release", () => {
    expect(parseOsRelease('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=virginia\n')).toEqual({
      id: "linuxmint",
      idLike: ["ubuntu", "debian"],
      codename: "virginia",
    });
  });

  it("reads the bounding set", () => {
    expect(parseBoundingSet("Name:\tx\nCapBnd:\t000001fffeffffff\n")).toBe(0x1fffeffffffn);
    expect(parseBoundingSet("")).toBeUndefined();
  });
});
