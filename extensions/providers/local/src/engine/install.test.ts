import { systemClock } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { fakeMachine, having } from "../testing/fake-machine.js";
import { installEngine } from "./install.js";
import type { CommandResult, Machine } from "./machine.js";

const inputOn = (machine: Machine, report: (line: string) => void = () => undefined) => ({
  machine,
  report,
  clock: systemClock,
  discovery: { environment: {}, setting: "unix:///nowhere.sock", readFile: () => "", userId: 0 },
});

/** A machine whose commands are written down and answered. */
function recording(is: Partial<Machine>, answer: (command: string) => Partial<CommandResult>) {
  const commands: string[] = [];
  const machine = fakeMachine({
    ...is,
    run: async (command) => {
      commands.push(command.join(" "));
      return { exitCode: 0, stdout: "", stderr: "", ...answer(command.join(" ")) };
    },
  });
  return { machine, commands };
}

describe("installEngine", () => {
  it("changes nothing where only a person can do it, and says what", async () => {
    const { machine, commands } = recording({ platform: "darwin" }, () => ({}));
    await expect(installEngine(inputOn(machine))).rejects.toMatchObject({
      code: "ENGINE_SETUP_MANUAL",
      hint: expect.stringContaining("Docker Desktop") as string,
    });
    expect(commands).toEqual([]);
  });

  it("refreshes the package lists when the package is not known, and gives up with apt's words", async () => {
    const { machine, commands } = recording({}, (command) =>
      command.includes(" install ") ? { exitCode: 100, stderr: "E: Unable to locate package docker.io" } : {},
    );
    await expect(installEngine(inputOn(machine))).rejects.toMatchObject({
      code: "ENGINE_INSTALL_FAILED",
      message: expect.stringContaining("Unable to locate package") as string,
    });
    expect(commands.map((command) => /install|update/.exec(command)?.[0])).toEqual(["install", "update", "install"]);
  });

  it("starts the unit where systemd runs", async () => {
    const { machine, commands } = recording({ hasSystemd: true, which: having("dockerd") }, () => ({
      exitCode: 1,
      stderr: "masked",
    }));
    await expect(installEngine(inputOn(machine))).rejects.toMatchObject({ code: "ENGINE_START_FAILED" });
    expect(commands).toEqual(["systemctl enable --now docker.service"]);
  });
});
