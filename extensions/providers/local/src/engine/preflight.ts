/**
 * Looks whether this machine can run local servers, and says for each thing that is missing how to get it. Changes nothing; what a
 * fix does is done only when its `run` is called.
 */

import type { Clock } from "@provisioning/model";
import { ensureImage, isBaseImagePresent } from "../image/ensure.js";
import { BASE_IMAGE, REGISTRY_IMAGE } from "../image/recipe.js";
import { aptInstall } from "./apt.js";
import {
  type Discovery,
  type DiscoveryInput,
  discoverEngine,
  type Engine,
  type FailedCandidate,
  requireEngine,
} from "./discover.js";
import { installEngine } from "./install.js";
import { isDebianFamily, type Machine } from "./machine.js";
import { canOpenLoopbackPort, portsFinding } from "./ports.js";
import { planEngineSetup } from "./setup-plan.js";

/** One thing that was looked at. */
export interface Finding {
  /** Stable, for example `container-engine`. */
  readonly id: string;
  readonly ok: boolean;
  /** Without it no local server can be made. */
  readonly required: boolean;
  /** For example "Container engine". */
  readonly title: string;
  /** What is there, for people. */
  readonly found: string;
  readonly fix?: Fix;
}

export interface Fix {
  /** One sentence: what to do. */
  readonly text: string;
  /** The same as commands, when they can be typed. */
  readonly command?: readonly (readonly string[])[];
  /** Does it; absent when only a person can. `report` gets lines of progress. */
  readonly run?: (report: (line: string) => void) => Promise<void>;
}

export interface PreflightInput {
  readonly machine: Machine;
  readonly discovery: DiscoveryInput;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

const MIN_NODE = [20, 19] as const;
/** The image, and room for what a few servers install. */
const MIN_DISK_BYTES = 3 * 1024 ** 3;
/** Three small servers with a database each. */
const MIN_MEMORY_MIB = 2048;
const REGISTRY_LOOK_MS = 5_000;

/** In the order in which they should be fixed. */
export async function preflight(input: PreflightInput): Promise<Finding[]> {
  const { machine } = input;
  const discovery = await discoverEngine(input.discovery, input.signal);
  const first = [
    nodeFinding(machine.nodeVersion),
    engineFinding(discovery, input),
    memoryFinding(machine.memoryMiB()),
    portsFinding(await canOpenLoopbackPort()),
  ];
  if (!discovery.found) return first;
  const { engine } = discovery;
  return [
    ...first,
    ...cgroupFindings(engine, machine),
    ...diskFindings(engine, machine),
    ...(await imageFindings(engine, input)),
  ];
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  const found = `version ${version}`;
  const base = { id: "node-version", required: true, title: "Node.js", ok, found };
  return ok ? base : { ...base, fix: { text: `Install Node.js ${MIN_NODE.join(".")} or newer: https://nodejs.org/` } };
}

export function engineFinding(discovery: Discovery, input: PreflightInput): Finding {
  const base = { id: "container-engine", required: true, title: "Container engine" };
  if (discovery.found) {
    const { product, version, info } = discovery.engine;
    const name = product === "docker" ? "Docker" : "Podman";
    return { ...base, ok: true, found: `${name} ${version}${info.rootless ? ", rootless" : ""}` };
  }
  const locked = discovery.tried.find(isForbidden);
  if (locked !== undefined) {
    const text = "Give your user access and log in again: sudo usermod -aG docker $USER";
    return { ...base, ok: false, found: `${locked.where} is there, but your user may not use it`, fix: { text } };
  }
  const found = `none answers (looked at ${discovery.tried.map((each) => each.where).join(", ")})`;
  const setup = planEngineSetup(input.machine);
  if (setup.kind === "manual") return { ...base, ok: false, found, fix: { text: setup.text } };
  const run = async (report: (line: string) => void) => void (await installEngine({ ...input, report }));
  return { ...base, ok: false, found, fix: { text: setup.text, command: setup.commands, run } };
}

function isForbidden({ error }: FailedCandidate): boolean {
  return error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === "EACCES";
}

export function memoryFinding(memory: { readonly total: number; readonly available: number }): Finding {
  const ok = memory.available >= MIN_MEMORY_MIB;
  const found = `${memory.available} MiB of ${memory.total} MiB available`;
  const base = { id: "memory", required: false, title: "Memory", ok, found };
  return ok
    ? base
    : { ...base, fix: { text: `End programs until ${MIN_MEMORY_MIB} MiB are available, or make fewer and smaller servers.` } };
}

/** systemd in a server needs its own named hierarchy on machines with cgroups version 1. Version 2 has what it needs. */
export function cgroupFindings(engine: Pick<Engine, "info">, machine: Machine): Finding[] {
  if (machine.platform !== "linux" || engine.info.cgroupVersion === "2") return [];
  const hierarchy = "/sys/fs/cgroup/systemd";
  const base = { id: "cgroups", required: true, title: "Control groups" };
  if (machine.exists(`${hierarchy}/cgroup.procs`)) return [{ ...base, ok: true, found: "version 1 with systemd's hierarchy" }];
  const command = [
    ["mkdir", "-p", hierarchy],
    ["mount", "-t", "cgroup", "-o", "none,name=systemd", "cgroup", hierarchy],
  ];
  const text = `Mount it, then restart the container engine: ${command.map((words) => words.join(" ")).join(" && ")}`;
  return [{ ...base, ok: false, found: "version 1 without systemd's hierarchy", fix: { text, command } }];
}

/** Nothing is said about an engine whose disk is not this machine's. */
export function diskFindings(engine: Pick<Engine, "info">, machine: Pick<Machine, "freeBytes">): Finding[] {
  const { dataRoot } = engine.info;
  const free = dataRoot === "" ? undefined : machine.freeBytes(dataRoot);
  if (free === undefined) return [];
  const ok = free >= MIN_DISK_BYTES;
  const base = { id: "disk-space", required: true, title: "Disk space", ok, found: `${gibibytes(free)} GiB free at ${dataRoot}` };
  const text = `Free at least ${gibibytes(MIN_DISK_BYTES)} GiB, for example with: docker system prune`;
  return [ok ? base : { ...base, fix: { text } }];
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}

async function imageFindings(engine: Engine, input: PreflightInput): Promise<Finding[]> {
  const base = { id: "base-image", required: true, title: "Base image of local servers" };
  if (await isBaseImagePresent(engine, input.signal)) return [{ ...base, ok: true, found: `${BASE_IMAGE} is present` }];
  const source = await imageSource(engine, input);
  const run = async (report: (line: string) => void) => ensureImage({ ...input, engine, report });
  const text = "Build it; this takes about a minute and is done only once.";
  return [sourceFinding(source, input), { ...base, ok: false, found: `${BASE_IMAGE} is not built yet`, fix: { text, run } }];
}

export type ImageSource = "mmdebstrap" | "installable" | "registry" | "none";

/** What the base image can be made of here. */
async function imageSource(engine: Engine, { machine, signal }: PreflightInput): Promise<ImageSource> {
  const isRoot = machine.userId === 0;
  if (isRoot && machine.which("mmdebstrap") !== undefined) return "mmdebstrap";
  if (isRoot && isDebianFamily(machine.osRelease) && machine.which("apt-get") !== undefined) return "installable";
  return (await isRegistryInReach(engine, signal)) ? "registry" : "none";
}

async function isRegistryInReach(engine: Engine, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await engine.api.call("GET", `/distribution/${REGISTRY_IMAGE}/json`, { timeoutMs: REGISTRY_LOOK_MS, signal });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

export function sourceFinding(source: ImageSource, { machine }: Pick<PreflightInput, "machine">): Finding {
  const base = { id: "image-source", required: false, title: "Source of the base image" };
  switch (source) {
    case "mmdebstrap":
      return { ...base, ok: true, found: "packages of the distribution (mmdebstrap)" };
    case "registry":
      return { ...base, ok: true, found: `a container registry has ${REGISTRY_IMAGE}` };
    case "installable":
      return {
        ...base,
        ok: false,
        found: "mmdebstrap is not installed; it is needed when no container registry can be reached",
        fix: {
          text: "Install mmdebstrap from the distribution.",
          command: [["apt-get", "install", "-y", "mmdebstrap"]],
          run: async (report) => {
            report("installing mmdebstrap");
            await aptInstall(machine, ["mmdebstrap"]);
          },
        },
      };
    case "none":
      return {
        ...base,
        ok: false,
        found: "neither a container registry nor mmdebstrap",
        fix: {
          text: `Give this machine access to a registry that has ${REGISTRY_IMAGE}, or build the image as root on a Debian-based system.`,
        },
      };
  }
}

/** The engine, set up and started when it is missing and we may, and the base image in it: everything local servers need. */
export async function prepareLocal(input: PreflightInput & { readonly report: (line: string) => void }): Promise<Engine> {
  const discovery = await discoverEngine(input.discovery, input.signal);
  if (!discovery.found) await installEngine(input);
  const engine = discovery.found ? discovery.engine : await requireEngine(input.discovery, input.signal);
  await ensureImage({ ...input, engine });
  return engine;
}
