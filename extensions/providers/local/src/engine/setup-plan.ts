/** What would bring a container engine to this machine. Pure: shown by the findings, carried out by `installEngine`. */

import { isDebianFamily, type Machine } from "./machine.js";
import { aptCommands } from "./apt.js";

export type EngineSetup =
  /** Docker is installed and does not run. */
  | { readonly kind: "start-docker"; readonly text: string; readonly commands: readonly (readonly string[])[] }
  | { readonly kind: "start-podman"; readonly text: string; readonly commands: readonly (readonly string[])[] }
  | { readonly kind: "install-docker"; readonly text: string; readonly commands: readonly (readonly string[])[] }
  /** Only a person can do it. */
  | { readonly kind: "manual"; readonly text: string };

export const DOCKER_PACKAGE = "docker.io";
export const PODMAN_SOCKET = "/run/podman/podman.sock";
const DOCKER_DESKTOP = "https://docs.docker.com/desktop/";

export function planEngineSetup(
  machine: Pick<Machine, "platform" | "osRelease" | "userId" | "hasSystemd" | "which">,
): EngineSetup {
  if (machine.platform !== "linux") {
    return { kind: "manual", text: `Install Docker Desktop (${DOCKER_DESKTOP}) or Podman Desktop and start it.` };
  }
  const isRoot = machine.userId === 0;
  const start = (kind: "start-docker" | "start-podman", unit: string, daemon: readonly string[]): EngineSetup => {
    const command = machine.hasSystemd ? ["systemctl", "enable", "--now", unit] : daemon;
    if (!isRoot) return { kind: "manual", text: `Start it as root: sudo ${command.join(" ")}` };
    return { kind, text: `Start it: ${command.join(" ")}`, commands: [command] };
  };
  if (machine.which("dockerd") !== undefined) return start("start-docker", "docker.service", ["dockerd"]);
  if (machine.which("podman") !== undefined) return start("start-podman", "podman.socket", podmanCommand());
  if (!isDebianFamily(machine.osRelease)) return { kind: "manual", text: manualText(machine.osRelease.id) };
  const commands = aptCommands([DOCKER_PACKAGE]);
  if (!isRoot) {
    const typed = commands.map((command) => `sudo ${command.join(" ")}`).join(" && ");
    return { kind: "manual", text: `Install Docker as root: ${typed}; then: sudo usermod -aG docker $USER, and log in again.` };
  }
  return { kind: "install-docker", text: "Install Docker from the distribution and start it.", commands };
}

export function podmanCommand(): string[] {
  return ["podman", "system", "service", "--time=0", `unix://${PODMAN_SOCKET}`];
}

function manualText(distribution: string): string {
  switch (distribution) {
    case "fedora":
    case "rhel":
    case "centos":
    case "rocky":
    case "almalinux":
      return "Install Podman and start its service: sudo dnf install -y podman && sudo systemctl enable --now podman.socket";
    case "arch":
      return "Install Docker and start it: sudo pacman -S docker && sudo systemctl enable --now docker";
    case "alpine":
      return "Install Docker and start it: sudo apk add docker && sudo rc-update add docker && sudo service docker start";
    case "opensuse-leap":
    case "opensuse-tumbleweed":
      return "Install Docker and start it: sudo zypper install -y docker && sudo systemctl enable --now docker";
    default:
      return "Install Docker (https://docs.docker.com/engine/install/) or Podman with your package manager and start its service.";
  }
}
