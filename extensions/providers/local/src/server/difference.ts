/** Which fields of a server differ from what is asked. Pure. */

import { type Difference, differenceOf, type ServerAttributes, type ServerSpec } from "@provisioning/extension-sdk";
import { type Json, isJsonObject } from "@provisioning/model";
import { diffExistingMachine, isExistingMachine } from "./existing-machine.js";
import { type HostSize, limitsFor } from "../plans.js";

/**
 * Cores and memory can be changed while the server runs; image and network only by making it anew. What was cut to the size of the
 * machine is no difference. Labels, role and disk are taken when the server is made and are not compared: the engine cannot change
 * them, and they are not worth a new server.
 */
export function diffServer(desired: ServerSpec, observed: ServerAttributes): Difference {
  if (isExistingMachine(desired)) return diffExistingMachine(desired, observed);
  const limits = limitsFor(desired, hostSizeOf(observed["host"]));
  return differenceOf([
    { path: "address", before: observed["existing"] === true, after: false, forcesReplacement: true },
    { path: "image", before: observed["image"], after: desired.image, forcesReplacement: true },
    { path: "network", before: observed["network"], after: desired.network, forcesReplacement: true },
    { path: "cpu", before: observed["cpu"], after: limits.cpu },
    { path: "memoryMiB", before: observed["memoryMiB"], after: limits.memoryMiB },
    { path: "status", before: observed["status"], after: "running" },
  ]);
}

function hostSizeOf(value: Json | undefined): HostSize {
  const number = (field: Json | undefined) => (typeof field === "number" ? field : Number.POSITIVE_INFINITY);
  if (!isJsonObject(value)) return { cpus: number(undefined), memoryMiB: number(undefined) };
  return { cpus: number(value["cpus"]), memoryMiB: number(value["memoryMiB"]) };
}
