/** What can go wrong between us and a container engine. */

import { ProvisioningError } from "@provisioning/model";
import type { EngineEndpoint } from "./api.js";

/** The engine answered with an error status. */
export class EngineResponseError extends ProvisioningError {
  constructor(
    readonly status: number,
    readonly engineMessage: string,
    request: string,
  ) {
    super({
      code: "ENGINE_REFUSED",
      message: `The container engine refused ${request}: ${engineMessage} (status ${status}).`,
      retry: status >= 500 ? "now" : "never",
      details: { status, request },
    });
  }
}

/** No container engine answers. Nothing is known about what the last call did. */
export class EngineUnreachableError extends ProvisioningError {
  constructor(where: string, options?: ErrorOptions & { readonly hint?: string }) {
    super(
      {
        code: "ENGINE_UNREACHABLE",
        message: `The container engine at ${where} cannot be reached.`,
        hint:
          options?.hint ?? "Start it (for example: systemctl start docker), or let this tool do it: provisioning doctor --fix",
        retry: "later",
        details: { where },
      },
      options,
    );
  }
}

/** The disk of the container engine is full. */
class DiskFullError extends ProvisioningError {
  constructor(request: string, options?: ErrorOptions) {
    super(
      {
        code: "DISK_FULL",
        message: `The container engine has no space left on its disk (${request}).`,
        hint: "Free some space, for example with: docker system prune",
        retry: "later",
        details: { request },
      },
      options,
    );
  }
}

export function responseError(method: string, path: string, status: number, message: string): ProvisioningError {
  const refused = new EngineResponseError(status, message, `${method} ${path}`);
  return /no space left on device/i.test(message) ? new DiskFullError(`${method} ${path}`, { cause: refused }) : refused;
}

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "EPIPE",
  "ECONNRESET",
  "ECONNABORTED",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ENOTSOCK",
]);

/** Turns a failure of the connection into ours; an abort keeps the reason of its signal. */
export function connectionError(endpoint: EngineEndpoint, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason ?? error;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined || !UNREACHABLE.has(code)) return error;
  const hint =
    code === "EACCES" ? { hint: "Your user may not use it: add it to the group of the socket (docker), or run as root." } : {};
  return new EngineUnreachableError(endpointText(endpoint), { cause: error, ...hint });
}

export function endpointText(endpoint: EngineEndpoint): string {
  return endpoint.kind === "unix" ? `unix://${endpoint.socketPath}` : `tcp://${endpoint.host}:${endpoint.port}`;
}

/** The engine says that the thing is gone. */
export function isGone(error: unknown): boolean {
  return error instanceof EngineResponseError && error.status === 404;
}

/** The engine says that a thing of this name exists (Podman with status 500), or that another call is doing the same. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof EngineResponseError)) return false;
  return error.status === 409 || /name .*is already in use/i.test(error.engineMessage);
}
