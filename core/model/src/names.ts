/**
 * Names that users give: servers, taskservs, infras, workspaces, providers.
 *
 * One grammar for all (a DNS label, RFC 1123): lower-case letters, digits and inner hyphens, at most 63 characters, a letter
 * first. So a name can be a host name, a file name and a label, and can never be a path, an option or shell code.
 */

import { ProvisioningError } from "./errors.js";

declare const brand: unique symbol;
type Branded<Tag extends string> = string & { readonly [brand]: Tag };

export type WorkspaceName = Branded<"WorkspaceName">;
export type InfraName = Branded<"InfraName">;
export type ServerName = Branded<"ServerName">;
export type TaskservName = Branded<"TaskservName">;
export type ProviderName = Branded<"ProviderName">;

const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export class InvalidNameError extends ProvisioningError {
  constructor(kind: string, value: string) {
    super({
      code: "NAME_INVALID",
      message: `${JSON.stringify(value.slice(0, 80))} is not a valid ${kind} name.`,
      hint: "Use 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen.",
      details: { kind },
    });
  }
}

export function isName(value: string): boolean {
  return NAME.test(value);
}

/** @throws InvalidNameError */
function parseName<T extends string>(kind: string, value: string): T {
  if (!isName(value)) throw new InvalidNameError(kind, value);
  return value as T;
}

export const workspaceName = (value: string): WorkspaceName => parseName("workspace", value);
export const infraName = (value: string): InfraName => parseName("infra", value);
export const serverName = (value: string): ServerName => parseName("server", value);
export const taskservName = (value: string): TaskservName => parseName("taskserv", value);
export const providerName = (value: string): ProviderName => parseName("provider", value);
