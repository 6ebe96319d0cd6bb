/** Loads a provider from its extension folder: `providers/<name>/manifest.toml` names the module to import. */

import { access, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assertProviderModule, type Provider, type ProviderModule, type ProviderOptions } from "@provisioning/extension-sdk";
import { isJsonObject, type Json, nearest, ProvisioningError, type ProviderName } from "@provisioning/model";
import { readToml } from "./catalog.js";
import { readProviderDependencies, withDeclared } from "./dependencies/provider-dependencies.js";

export class ProviderUnknownError extends ProvisioningError {
  constructor(name: string, known: readonly string[]) {
    const suggestion = nearest(name, known);
    super({
      code: "PROVIDER_UNKNOWN",
      message: `There is no provider ${name}.`,
      hint: suggestion === undefined ? `Known providers: ${known.join(", ") || "none"}.` : `Did you mean ${suggestion}?`,
    });
  }
}

export interface LoadProviderOptions extends ProviderOptions {
  readonly kclDir: string;
  /** Names of the settings that somebody set; the others have defaults. */
  readonly configured: ReadonlySet<string>;
}

/**
 * With what its `kcl/dependencies.k` declares, if it has one.
 * @throws ProviderUnknownError, DiagnosticsError DEPENDENCIES_INVALID, ProvisioningError PROVIDER_INVALID
 */
export async function loadProvider(
  roots: readonly string[],
  name: ProviderName,
  { kclDir, configured, ...options }: LoadProviderOptions,
): Promise<Provider> {
  const module = await importProvider(roots, name);
  const declared = await readProviderDependencies(kclDir, await findProvider(roots, name));
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const provider = await module.createProvider(options);
  return declared === undefined ? provider : withDeclared(provider, declared, configured);
}

/** A workspace's own provider takes the place of the platform's. @throws ProviderUnknownError, ProvisioningError PROVIDER_INVALID */
export async function importProvider(roots: readonly string[], name: ProviderName): Promise<ProviderModule> {
  const dir = await findProvider(roots, name);
  const manifestFile = join(dir, "manifest.toml");
  const manifest = await readToml(manifestFile);
  const entry = isJsonObject(manifest) ? manifest.entry : undefined;
  if (typeof entry !== "string" || entry.split("/").includes("..")) {
    throw new ProvisioningError({
      code: "MANIFEST_INVALID",
      message: `${manifestFile} names no entry module.`,
      hint: 'Write: entry = "dist/index.js"',
    });
  }
  const path = join(dir, entry);
  const module: unknown = await import(pathToFileURL(path).href);
  assertProviderModule(module, path);
  return module;
}

/** As it is written. @throws ProviderUnknownError, ProvisioningError MANIFEST_INVALID */
export async function providerManifest(roots: readonly string[], name: ProviderName): Promise<Json> {
  return readToml(join(await findProvider(roots, name), "manifest.toml"));
}

async function findProvider(roots: readonly string[], name: ProviderName): Promise<string> {
  for (const root of roots.toReversed()) {
    const dir = join(root, "providers", name);
    const isThere = await access(join(dir, "manifest.toml")).then(
      () => true,
      () => false,
    );
    if (isThere) return dir;
  }
  throw new ProviderUnknownError(name, await knownProviders(roots));
}

export async function knownProviders(roots: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(roots.map((root) => readdir(join(root, "providers")).catch(() => [])));
  return [...new Set(lists.flat())].sort();
}
