/** Asks where newer versions are announced: archives of distributions, lists of releases. */

import { gunzipSync } from "node:zlib";
import type { UpdateSource } from "@provisioning/extension-sdk";
import { ProvisioningError } from "@provisioning/model";
import { versionsInPackages, versionsInReleases } from "./read-index.js";

export interface VersionMirrors {
  /** Indexes of archives, each the url of a `Packages` or `Packages.gz`. */
  readonly apt: readonly string[];
  /** What stands in front of `/repos/<owner>/<name>/releases`. */
  readonly releases: string;
  /** Time for one answer. */
  readonly timeoutMs: number;
}

/** One that is asked at most once for each url. */
export interface VersionSources {
  /** In no order. @throws VersionSourceError */
  versionsAt(source: UpdateSource): Promise<readonly string[]>;
}

/** The source cannot be asked, or answers with something else. */
class VersionSourceError extends ProvisioningError {
  constructor(url: string, reason: string, options?: ErrorOptions) {
    super(
      {
        code: "VERSION_SOURCE",
        message: `${url} does not tell versions: ${reason}.`,
        hint: "A mirror can be named: provisioning config explain versions.apt_indexes, or versions.releases_url",
        retry: "later",
      },
      options,
    );
  }
}

/** The index of a whole distribution has about 50 MiB. */
const MOST_BYTES = 256 * 1024 * 1024;

export function openVersionSources(mirrors: VersionMirrors, signal: AbortSignal, get: typeof fetch = fetch): VersionSources {
  const asked = new Map<string, Promise<Buffer>>();
  const ask = (url: string): Promise<Buffer> => {
    const known = asked.get(url) ?? download(url, mirrors.timeoutMs, signal, get);
    asked.set(url, known);
    return known;
  };
  const releases = async (url: string): Promise<readonly string[]> => {
    const body = (await ask(url)).toString("utf8");
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch (cause) {
      throw new VersionSourceError(url, "the answer is no JSON", { cause });
    }
    const versions = versionsInReleases(value);
    if (versions === undefined) throw new VersionSourceError(url, "the answer is no list of releases");
    return versions;
  };
  return {
    async versionsAt({ type, location }) {
      if (type === "url") return releases(location);
      if (type === "github") {
        if (!/^[\w.-]+\/[\w.-]+$/.test(location)) throw new VersionSourceError(location, "it is no owner/name");
        return releases(`${mirrors.releases.replace(/\/$/, "")}/repos/${location}/releases`);
      }
      const found = await Promise.all(mirrors.apt.map(async (url) => versionsInPackages(await packagesOf(url, ask), location)));
      return [...new Set(found.flat())];
    },
  };
}

async function packagesOf(url: string, ask: (url: string) => Promise<Buffer>): Promise<string> {
  const body = await ask(url);
  try {
    const isPacked = body[0] === 0x1f && body[1] === 0x8b;
    return (isPacked ? gunzipSync(body, { maxOutputLength: MOST_BYTES }) : body).toString("utf8");
  } catch (cause) {
    throw new VersionSourceError(url, "it cannot be unpacked", { cause });
  }
}

async function download(url: string, timeoutMs: number, signal: AbortSignal, get: typeof fetch): Promise<Buffer> {
  try {
    const answer = await get(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: { "user-agent": "provisioning", accept: "application/json, */*" },
    });
    if (!answer.ok) throw new VersionSourceError(url, `it answers with ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > MOST_BYTES) throw new VersionSourceError(url, "the answer is too long");
      chunks.push(chunk as Uint8Array);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    if (cause instanceof ProvisioningError) throw cause;
    signal.throwIfAborted();
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : (cause as Error).message;
    throw new VersionSourceError(url, reason, { cause });
  }
}
