/**
 * Addresses of resources within one infra: `network.shop`, `server.db-01`, `taskserv.db-01.etcd`.
 * Names hold no dots, so an address reads back without doubt.
 */

import { invariant } from "./errors.js";
import { isName, type ServerName, type TaskservName } from "./names.js";

export type ResourceKind = "network" | "server" | "taskserv";
export type Address = string & { readonly __address: true };

export function networkAddress(name: string): Address {
  return `network.${name}` as Address;
}

export function serverAddress(name: ServerName): Address {
  return `server.${name}` as Address;
}

export function taskservAddress(server: ServerName, taskserv: TaskservName): Address {
  return `taskserv.${server}.${taskserv}` as Address;
}

export type ParsedAddress =
  | { readonly kind: "network"; readonly name: string }
  | { readonly kind: "server"; readonly server: ServerName }
  | { readonly kind: "taskserv"; readonly server: ServerName; readonly taskserv: TaskservName };

export function parseAddress(address: Address): ParsedAddress {
  const [kind, first, second] = address.split(".");
  invariant(first !== undefined && isName(first), `bad address ${address}`);
  if (kind === "taskserv") {
    invariant(second !== undefined && isName(second), `bad address ${address}`);
    return { kind, server: first as ServerName, taskserv: second as TaskservName };
  }
  if (kind === "server") return { kind, server: first as ServerName };
  invariant(kind === "network", `bad address ${address}`);
  return { kind, name: first };
}
