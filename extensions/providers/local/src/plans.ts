/** The sizes of local servers, and what of a wish this machine can give. Pure. */

import type { ServerPlan, ServerPlanName, ServerSize } from "@provisioning/extension-sdk";

/** Disk is not limited: containers share the disk of the engine. */
export const LOCAL_PLANS: Readonly<Record<ServerPlanName, ServerPlan>> = {
  small: { cpu: 1, memoryMiB: 1024, diskGiB: 10 },
  medium: { cpu: 2, memoryMiB: 2048, diskGiB: 20 },
  large: { cpu: 4, memoryMiB: 4096, diskGiB: 40 },
  xlarge: { cpu: 8, memoryMiB: 8192, diskGiB: 80 },
};

/** What the engine's machine has. */
export interface HostSize {
  readonly cpus: number;
  readonly memoryMiB: number;
}

export interface Limits {
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** The wish, cut to what the machine has: an engine refuses more cores than there are. */
export function limitsFor(wish: Pick<ServerSize, "cpu" | "memoryMiB">, host: HostSize): Limits {
  return { cpu: Math.min(wish.cpu, host.cpus), memoryMiB: Math.min(wish.memoryMiB, host.memoryMiB) };
}

/** Sentences for people about what was cut; empty when the wish is granted. */
export function limitNotes(wish: Pick<ServerSize, "cpu" | "memoryMiB">, host: HostSize): string[] {
  const limits = limitsFor(wish, host);
  return [
    ...(limits.cpu < wish.cpu ? [`asked for ${wish.cpu} cores, this machine has ${host.cpus}`] : []),
    ...(limits.memoryMiB < wish.memoryMiB
      ? [`asked for ${wish.memoryMiB} MiB of memory, this machine has ${host.memoryMiB}`]
      : []),
  ];
}

/** In the engine's units. No swap beyond the memory limit, like a server without a swap file. */
export function engineLimits(limits: Limits): { NanoCpus: number; Memory: number; MemorySwap: number } {
  const memory = limits.memoryMiB * 1024 ** 2;
  return { NanoCpus: Math.round(limits.cpu * 1e9), Memory: memory, MemorySwap: memory };
}

export function limitsFromEngine(host: { readonly NanoCpus?: number; readonly Memory?: number }): Limits {
  return { cpu: (host.NanoCpus ?? 0) / 1e9, memoryMiB: Math.round((host.Memory ?? 0) / 1024 ** 2) };
}
