/** Where things are in a workspace folder, and in the platform's own installation. */

import { join } from "node:path";
import type { InfraName, ProviderName } from "@provisioning/model";

/** `infra/`, `config/` and `extensions/` belong to the user; `runtime/` is written by the platform only and not committed. */
export interface WorkspaceLayout {
  readonly root: string;
  readonly infraDir: string;
  /** The workspace's own configuration and those of its environments. */
  readonly configDir: string;
  readonly extensionsDir: string;
  readonly runtimeDir: string;
  /** Runs, leases and recorded state. */
  readonly storeDir: string;
  readonly generatedSecretsDir: (infra: InfraName) => string;
  readonly providersDir: string;
  /** Files that a provider keeps: keys, known hosts. */
  readonly providerDir: (provider: ProviderName) => string;
}

export function workspaceLayout(root: string): WorkspaceLayout {
  const runtimeDir = join(root, "runtime");
  return {
    root,
    infraDir: join(root, "infra"),
    configDir: join(root, "config"),
    extensionsDir: join(root, "extensions"),
    runtimeDir,
    storeDir: join(runtimeDir, "store"),
    generatedSecretsDir: (infra) => join(runtimeDir, "secrets", infra),
    providersDir: join(runtimeDir, "providers"),
    providerDir: (provider) => join(runtimeDir, "providers", provider),
  };
}

export interface PlatformLayout {
  readonly root: string;
  /** The KCL package `provisioning`. */
  readonly kclDir: string;
  readonly configDefaultsFile: string;
  readonly extensionsDir: string;
  /** One folder for each kind of thing that can be generated. */
  readonly templatesDir: string;
  readonly workspaceTemplateDir: string;
}

export function platformLayout(root: string): PlatformLayout {
  return {
    root,
    kclDir: join(root, "kcl"),
    configDefaultsFile: join(root, "config", "config.defaults.toml"),
    extensionsDir: join(root, "extensions"),
    templatesDir: join(root, "templates"),
    workspaceTemplateDir: join(root, "templates", "workspace"),
  };
}
