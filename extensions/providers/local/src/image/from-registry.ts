/** Makes the base image from a small Debian image of a container registry: start it, run the recipe in it, commit the result. */

import { randomUUID } from "node:crypto";
import { ProvisioningError } from "@provisioning/model";
import type { EngineApi } from "../engine/api.js";
import type { Report } from "./bootstrap.js";
import type { AptSources } from "./apt-sources.js";
import type { ImageSettings } from "../settings.js";
import { BASE_IMAGE, imageChanges, PACKAGES, REGISTRY_IMAGE, setupProgram } from "./recipe.js";

export interface RegistryBuildInput {
  readonly api: EngineApi;
  readonly sources: AptSources | undefined;
  readonly digest: string;
  /** A registry that cannot be reached often shows only by silence. */
  readonly settings: Pick<ImageSettings, "registrySilenceMs" | "buildTimeoutMs">;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/** True when the image is there now; false when no registry could be reached, for whatever reason. */
export async function pullRegistryImage({ api, settings, report, signal }: RegistryBuildInput): Promise<boolean> {
  if ((await api.find(`/images/${REGISTRY_IMAGE}/json`, { signal })) !== undefined) return true;
  report(`pulling ${REGISTRY_IMAGE}`);
  try {
    await pullImage(api, REGISTRY_IMAGE, { signal, timeoutMs: settings.registrySilenceMs });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    report(`no container registry in reach (${error instanceof Error ? error.message : String(error)})`);
    return false;
  }
}

/** @throws EngineResponseError when the registry does not have it or cannot be reached */
export async function pullImage(
  api: EngineApi,
  image: string,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number },
): Promise<void> {
  const [name, tag] = splitImageName(image);
  await api.lines("POST", "/images/create", { query: { fromImage: name, tag }, ...options }, () => undefined);
}

/** `host:5000/name:tag` → name with host, and tag; a digest (`name@sha256:…`) stays whole. */
export function splitImageName(image: string): readonly [name: string, tag: string | undefined] {
  if (image.includes("@")) return [image, undefined];
  const colon = image.lastIndexOf(":");
  return colon > image.lastIndexOf("/") ? [image.slice(0, colon), image.slice(colon + 1)] : [image, "latest"];
}

/** @throws ProvisioningError IMAGE_BUILD_FAILED */
export async function buildFromRegistry(input: RegistryBuildInput): Promise<void> {
  const { api, signal } = input;
  const name = `provisioning-image-${randomUUID().slice(0, 8)}`;
  input.report(`installing ${PACKAGES.length} packages on ${REGISTRY_IMAGE}`);
  await api.call("POST", "/containers/create", {
    query: { name },
    body: {
      Image: REGISTRY_IMAGE,
      Cmd: ["/bin/sh", "-c", installProgram(input.sources)],
      Labels: { "provisioning.build": input.digest },
    },
    signal,
  });
  try {
    await api.call("POST", `/containers/${name}/start`, { signal });
    const { StatusCode } = await api.call<{ StatusCode: number }>("POST", `/containers/${name}/wait`, {
      timeoutMs: input.settings.buildTimeoutMs,
      signal,
    });
    if (StatusCode !== 0) throw buildError(StatusCode);
    const [repo, tag] = splitImageName(BASE_IMAGE);
    await api.call("POST", "/commit", {
      query: { container: name, repo, tag, changes: imageChanges(input.digest).join("\n") },
      body: {},
      signal,
    });
  } finally {
    await api.call("DELETE", `/containers/${name}`, { query: { force: true, v: true } });
  }
}

function installProgram(sources: AptSources | undefined): string {
  return [
    "set -eu",
    "export DEBIAN_FRONTEND=noninteractive",
    "apt-get update -qq",
    `apt-get install -y -qq --no-install-recommends ${PACKAGES.join(" ")}`,
    setupProgram(sources),
  ].join("\n");
}

function buildError(exitCode: number): ProvisioningError {
  return new ProvisioningError({
    code: "IMAGE_BUILD_FAILED",
    message: `The base image could not be built on ${REGISTRY_IMAGE}: the installation ended with exit code ${exitCode}.`,
    hint: "Containers need to reach a Debian package mirror. Try it with: docker run --rm debian:bookworm-slim apt-get update",
    retry: "later",
    details: { exitCode },
  });
}
