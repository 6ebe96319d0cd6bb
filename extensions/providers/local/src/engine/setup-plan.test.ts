import { describe, expect, it } from "vitest";
import { fakeMachine, having } from "../testing/fake-machine.js";
import { planEngineSetup } from "./setup-plan.js";

describe("planEngineSetup", () => {
  it("installs the distribution's Docker as root on Debian and Ubuntu", () => {
    expect(planEngineSetup(fakeMachine())).toMatchObject({ kind: "install-docker" });
    const mint = { id: "linuxmint", idLike: ["ubuntu", "debian"], codename: "virginia" };
    expect(planEngineSetup(fakeMachine({ osRelease: mint }))).toMatchObject({ kind: "install-docker" });
  });

  it("starts what is installed, by systemd where it runs", () => {
    const installed = { which: having("dockerd", "podman") };
    expect(planEngineSetup(fakeMachine(installed))).toMatchObject({ kind: "start-docker", commands: [["dockerd"]] });
    expect(planEngineSetup(fakeMachine({ ...installed, hasSystemd: true }))).toMatchObject({
      commands: [["systemctl", "enable", "--now", "docker.service"]],
    });
  });

  it("starts Podman's service when only Podman is there", () => {
    expect(planEngineSetup(fakeMachine({ which: having("podman") }))).toMatchObject({ kind: "start-podman" });
  });

  it("changes nothing without root, and says the commands", () => {
    const setup = planEngineSetup(fakeMachine({ userId: 1000 }));
    expect(setup.kind).toBe("manual");
    expect(setup.text).toContain("sudo apt-get install -y --no-install-recommends docker.io");
    expect(planEngineSetup(fakeMachine({ userId: 1000, which: having("dockerd") })).text).toContain("sudo dockerd");
  });

  it.each([
    ["fedora", "dnf install"],
    ["arch", "pacman"],
    ["alpine", "apk add"],
    ["unknown", "docs.docker.com"],
  ])("gives instructions for %s", (id, text) => {
    const osRelease = { id, idLike: [], codename: "" };
    expect(planEngineSetup(fakeMachine({ osRelease }))).toMatchObject({
      kind: "manual",
      text: expect.stringContaining(text) as string,
    });
  });

  it("names Docker Desktop on macOS", () => {
    expect(planEngineSetup(fakeMachine({ platform: "darwin" })).text).toContain("Docker Desktop");
  });
});
