/**
 * Finds a container engine: the explicit setting, then DOCKER_HOST, then the usual sockets of Docker and Podman, each asked for
 * its version. The first that answers is used.
 */

import { ProvisioningError } from "@provisioning/model";
import { createEngineApi, type EngineApi, type EngineEndpoint } from "./api.js";
import { EngineUnreachableError, endpointText } from "./errors.js";

/** What the search may look at; given as an argument so that it can be tested. */
export interface DiscoveryInput {
  /** `unix:///path` or `tcp://host:port`; wins over everything else. */
  readonly setting?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  /** Of the process, for the rootless sockets; absent on Windows. */
  readonly userId: number | undefined;
}

export interface Engine {
  readonly api: EngineApi;
  readonly product: "docker" | "podman";
  readonly version: string;
  /** What `/info` said, as far as flags depend on it. */
  readonly info: EngineInfo;
}

export interface EngineInfo {
  readonly cgroupVersion: "1" | "2";
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly rootless: boolean;
  /** Where images and containers are stored, on the engine's machine. */
  readonly dataRoot: string;
  readonly operatingSystem: string;
}

export interface FailedCandidate {
  readonly where: string;
  readonly error: unknown;
}

export type Discovery =
  | { readonly found: true; readonly engine: Engine }
  | { readonly found: false; readonly tried: readonly FailedCandidate[] };

/** An engine that does not answer `/version` in this time is taken as not there. */
const PROBE_MS = 3_000;

/** Where an engine may be, best first. An explicit choice is the only candidate. @throws ProvisioningError ENGINE_ADDRESS_INVALID */
export function engineCandidates(input: DiscoveryInput): EngineEndpoint[] {
  const explicit = input.setting ?? input.environment["DOCKER_HOST"];
  if (explicit !== undefined && explicit !== "") return [parseEngineAddress(explicit, input)];
  const home = input.environment["HOME"] ?? "";
  const runtimeDir = input.environment["XDG_RUNTIME_DIR"] ?? `/run/user/${input.userId ?? 0}`;
  const sockets = [
    "/var/run/docker.sock",
    `${runtimeDir}/docker.sock`,
    `${home}/.docker/run/docker.sock`,
    "/run/podman/podman.sock",
    `${runtimeDir}/podman/podman.sock`,
  ];
  return sockets.map((socketPath) => ({ kind: "unix", socketPath }));
}

/** @throws ProvisioningError ENGINE_ADDRESS_INVALID */
export function parseEngineAddress(address: string, input: DiscoveryInput): EngineEndpoint {
  const unix = /^unix:\/\/(\/.+)$/.exec(address);
  if (unix?.[1] !== undefined) return { kind: "unix", socketPath: unix[1] };
  const tcp = /^(?:tcp|https?):\/\/([^:/]+|\[[^\]]+\]):(\d+)\/?$/.exec(address);
  if (tcp?.[1] === undefined) {
    throw new ProvisioningError({
      code: "ENGINE_ADDRESS_INVALID",
      message: `${JSON.stringify(address)} is not an address of a container engine that can be used.`,
      hint: "Use unix:///path/to/docker.sock or tcp://host:port. For an engine behind SSH, forward its socket to a local one.",
    });
  }
  const directory = input.environment["DOCKER_CERT_PATH"];
  const isTls = address.startsWith("https:") || (input.environment["DOCKER_TLS_VERIFY"] ?? "") !== "";
  const tls =
    isTls && directory !== undefined
      ? {
          ca: input.readFile(`${directory}/ca.pem`),
          cert: input.readFile(`${directory}/cert.pem`),
          key: input.readFile(`${directory}/key.pem`),
        }
      : undefined;
  return { kind: "tcp", host: tcp[1].replace(/^\[|\]$/g, ""), port: Number(tcp[2]), ...(tls === undefined ? {} : { tls }) };
}

export async function discoverEngine(input: DiscoveryInput, signal?: AbortSignal): Promise<Discovery> {
  const tried: FailedCandidate[] = [];
  for (const endpoint of engineCandidates(input)) {
    try {
      return { found: true, engine: await probeEngine(endpoint, signal) };
    } catch (error) {
      signal?.throwIfAborted();
      tried.push({ where: endpointText(endpoint), error });
    }
  }
  return { found: false, tried };
}

/** @throws EngineUnreachableError naming every place that was tried */
export async function requireEngine(input: DiscoveryInput, signal?: AbortSignal): Promise<Engine> {
  const discovery = await discoverEngine(input, signal);
  if (discovery.found) return discovery.engine;
  const last = discovery.tried[0]?.error;
  if (discovery.tried.length === 1 && last instanceof EngineUnreachableError) throw last;
  throw new EngineUnreachableError(discovery.tried.map((each) => each.where).join(", "), { cause: last });
}

interface VersionAnswer {
  readonly Version?: string;
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[];
}

interface InfoAnswer {
  readonly CgroupVersion?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly SecurityOptions?: readonly string[] | null;
  readonly DockerRootDir?: string;
  readonly OperatingSystem?: string;
}

/** Asks the engine at `endpoint` who it is. @throws EngineUnreachableError */
async function probeEngine(endpoint: EngineEndpoint, signal?: AbortSignal): Promise<Engine> {
  const api = createEngineApi(endpoint);
  const options = { signal, timeoutMs: PROBE_MS };
  const version = await api.call<VersionAnswer>("GET", "/version", options);
  const info = await api.call<InfoAnswer>("GET", "/info", { ...options, timeoutMs: 4 * PROBE_MS });
  const podman = version.Components?.find((component) => component.Name === "Podman Engine");
  return {
    api,
    product: podman === undefined ? "docker" : "podman",
    version: podman?.Version ?? version.Version ?? "unknown",
    info: {
      cgroupVersion: info.CgroupVersion === "1" ? "1" : "2",
      cpus: info.NCPU ?? 1,
      memoryMiB: Math.floor((info.MemTotal ?? 0) / 1024 ** 2),
      rootless: (info.SecurityOptions ?? []).some((option) => option.includes("rootless")),
      dataRoot: info.DockerRootDir ?? "",
      operatingSystem: info.OperatingSystem ?? "unknown",
    },
  };
}
