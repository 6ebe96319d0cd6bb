/** Makes the base image from the distribution's packages with mmdebstrap: the way that needs no container registry. */

import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProvisioningError } from "@provisioning/model";
import type { EngineApi } from "../engine/api.js";
import type { CommandResult, Machine } from "../engine/machine.js";
import { aptInstall } from "../engine/apt.js";
import type { AptSources } from "./apt-sources.js";
import { BASE_IMAGE, BASE_SUITE, DPKG_OPTIONS, imageChanges, PACKAGES, setupProgram } from "./recipe.js";

export type Report = (line: string) => void;

export interface BootstrapInput {
  readonly api: EngineApi;
  readonly machine: Machine;
  /** Absent: those that the image comes with. */
  readonly sources: AptSources | undefined;
  readonly digest: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/** @throws ProvisioningError IMAGE_BOOTSTRAP_FAILED */
export async function bootstrapImage(input: BootstrapInput): Promise<void> {
  await ensureTools(input);
  const folder = await mkdtemp(join(tmpdir(), "provisioning-image-"));
  try {
    const archive = join(folder, "image.tar");
    await runBootstrap(input, folder, archive);
    input.report(`importing ${Math.round((await stat(archive)).size / 1024 ** 2)} MB into the container engine`);
    await importArchive(input, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ensureTools({ machine, report, signal }: BootstrapInput): Promise<void> {
  const missing = [
    ...(machine.which("mmdebstrap") === undefined ? ["mmdebstrap"] : []),
    ...(machine.osRelease.id === "debian" ? [] : ["debian-archive-keyring"]),
  ];
  if (machine.which("apt-get") === undefined || (missing.length > 0 && machine.userId !== 0)) {
    throw bootstrapError("mmdebstrap is not installed and cannot be installed here");
  }
  if (missing.length === 0) return;
  report(`installing ${missing.join(" and ")}`);
  const result = await aptInstall(machine, missing, signal);
  if (result.exitCode !== 0) throw bootstrapError("mmdebstrap could not be installed", result);
}

async function runBootstrap(input: BootstrapInput, folder: string, archive: string): Promise<void> {
  const setup = join(folder, "setup.sh");
  await writeFile(setup, setupProgram(input.sources));
  input.report(`bootstrapping Debian ${BASE_SUITE} from ${mirrorOf(input.sources)}`);
  const result = await input.machine.run(bootstrapCommand(setup, archive, input.sources), {
    environment: { DEBIAN_FRONTEND: "noninteractive", TMPDIR: folder },
    signal: input.signal,
  });
  if (result.exitCode !== 0) throw bootstrapError("mmdebstrap failed", result);
}

/** `--customize-hook` texts are shell, given only the fixed words here and the path that we made. */
function bootstrapCommand(setup: string, archive: string, sources: AptSources | undefined): string[] {
  return [
    "mmdebstrap",
    "--quiet",
    "--variant=apt",
    `--include=${PACKAGES.join(",")}`,
    '--aptopt=APT::Install-Recommends "false"',
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=copy-in ${setup} /root`,
    '--customize-hook=chroot "$1" /bin/sh /root/setup.sh',
    '--customize-hook=rm "$1/root/setup.sh" && rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap',
    "--skip=cleanup/apt/lists",
    BASE_SUITE,
    archive,
    ...(sources?.lines ?? []),
  ];
}

function mirrorOf(sources: AptSources | undefined): string {
  return /\] (\S+)/.exec(sources?.lines[0] ?? "")?.[1] ?? "its mirror";
}

async function importArchive({ api, digest, signal }: BootstrapInput, archive: string): Promise<void> {
  const [repo, tag] = BASE_IMAGE.split(":");
  let id = "";
  await api.lines(
    "POST",
    "/images/create",
    { query: { fromSrc: "-", repo, tag, changes: imageChanges(digest) }, archive: createReadStream(archive), signal },
    (line) => {
      id = /sha256:[0-9a-f]{64}/.exec(line.status ?? "")?.[0] ?? id;
    },
  );
  // Podman imports without the name.
  if (id !== "") await api.call("POST", `/images/${id}/tag`, { query: { repo, tag }, signal });
}

function bootstrapError(what: string, result?: CommandResult): ProvisioningError {
  const lastLines = result?.stderr.trim().split("\n").slice(-5).join("\n") ?? "";
  return new ProvisioningError({
    code: "IMAGE_BOOTSTRAP_FAILED",
    message: `The base image could not be bootstrapped: ${what}.${lastLines === "" ? "" : ` ${lastLines}`}`,
    hint: `Give this machine access to a container registry (for ${BASE_IMAGE.split(":")[0]} it starts from a Debian image) or, as root on a Debian-based system, to a package mirror.`,
    retry: "later",
    ...(result === undefined ? {} : { details: { exitCode: result.exitCode } }),
  });
}
