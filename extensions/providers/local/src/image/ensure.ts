/**
 * Makes sure that the base image is there and is made by the recipe of this version.
 *
 * present → done; else one build at a time on this machine: from a registry image when a registry answers quickly, else bootstrapped
 * from the distribution's packages. Safe to call at any time from any number of processes.
 */

import type { Clock } from "@provisioning/model";
import type { Engine } from "../engine/discover.js";
import type { Machine } from "../engine/machine.js";
import { readAptSources } from "./apt-sources.js";
import { bootstrapImage, type Report } from "./bootstrap.js";
import { machineLockPath, withMachineLock } from "../machine-lock.js";
import { buildFromRegistry, pullRegistryImage } from "./from-registry.js";
import { type ImageSettings, localSettings } from "../settings.js";
import { BASE_IMAGE, RECIPE_LABEL, recipeDigest } from "./recipe.js";

export interface EnsureImageInput {
  readonly engine: Engine;
  readonly machine: Machine;
  readonly clock: Clock;
  /** Default: those of nobody. */
  readonly settings?: ImageSettings;
  /** Lines for people, each with what begins or ended. */
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

interface ImageAnswer {
  readonly Id: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
}

/** The image of this recipe is there. */
export async function isBaseImagePresent(engine: Engine, signal?: AbortSignal): Promise<boolean> {
  const image = await engine.api.find<ImageAnswer>(`/images/${BASE_IMAGE}/json`, { signal });
  return image?.Config?.Labels?.[RECIPE_LABEL] === recipeDigest();
}

/** @throws ProvisioningError IMAGE_BOOTSTRAP_FAILED, IMAGE_BUILD_FAILED, DISK_FULL, ENGINE_UNREACHABLE */
export async function ensureImage(input: EnsureImageInput): Promise<void> {
  if (await isBaseImagePresent(input.engine, input.signal)) return;
  const lock = {
    clock: input.clock,
    signal: input.signal,
    onWait: () => input.report(`waiting for another process that builds ${BASE_IMAGE}`),
  };
  await withMachineLock(machineLockPath("image", input.machine.userId), lock, async () => {
    if (!(await isBaseImagePresent(input.engine, input.signal))) await build(input);
  });
}

async function build(input: EnsureImageInput): Promise<void> {
  const started = input.clock.now();
  const settings = input.settings ?? localSettings({}).image;
  const sources = settings.aptSources ?? (await readAptSources(input.machine, input.signal));
  const build = { ...input, settings, api: input.engine.api, sources, digest: recipeDigest() };
  if (await pullRegistryImage(build)) await buildFromRegistry(build);
  else await bootstrapImage(build);
  input.report(`${BASE_IMAGE} is ready after ${((input.clock.now() - started) / 1000).toFixed(1)} s`);
}
