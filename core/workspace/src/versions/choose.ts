/** Which version may follow which. Pure. */

import semver from "semver";

/** How far an update may go: to the next major version, within it, within the minor one, or nowhere. */
export const UPDATE_STRATEGIES = ["major", "minor", "patch", "none"] as const;
export type UpdateStrategy = (typeof UPDATE_STRATEGIES)[number];

export interface VersionRule {
  readonly strategy: UpdateStrategy;
  /** As npm writes ranges: `^1.2`, `~1.2.3`, `>=1 <3`. */
  readonly constraint?: string;
}

export function isConstraint(text: string): boolean {
  return semver.validRange(text) !== null;
}

/**
 * The newest version that may follow `current`, as it was written; `current` itself when none may. A preview counts only where the constraint
 * names one of the same version, or `current` is one.
 */
export function newestAllowed(current: string, available: readonly string[], { strategy, constraint }: VersionRule): string {
  const from = normalized(current);
  if (from === undefined || strategy === "none") return current;
  const candidates = available.flatMap((text) => {
    const version = normalized(text);
    return version !== undefined && isWithin(version, from, strategy, constraint) ? [{ text, version }] : [];
  });
  const newest = candidates.toSorted((a, b) => semver.rcompare(a.version, b.version))[0];
  return newest === undefined ? current : newest.text;
}

/** The newest of all that a constraint allows; for what has no version yet. */
export function newestOf(available: readonly string[], constraint?: string): string | undefined {
  return available
    .flatMap((text) => {
      const version = normalized(text);
      const fits =
        version !== undefined &&
        (constraint === undefined ? semver.prerelease(version) === null : semver.satisfies(version, constraint));
      return fits ? [{ text, version }] : [];
    })
    .toSorted((a, b) => semver.rcompare(a.version, b.version))[0]?.text;
}

/** Negative when `left` is older. What is no version is older than all. */
export function compareVersions(left: string, right: string): number {
  return semver.compare(normalized(left) ?? "0.0.0-0", normalized(right) ?? "0.0.0-0");
}

function isWithin(version: string, from: string, strategy: UpdateStrategy, constraint: string | undefined): boolean {
  if (semver.lte(version, from)) return false;
  if (constraint !== undefined && !semver.satisfies(version, constraint)) return false;
  if (constraint === undefined && semver.prerelease(version) !== null && !isSamePreview(version, from)) return false;
  if (strategy === "major") return true;
  if (semver.major(version) !== semver.major(from)) return false;
  return strategy === "minor" || semver.minor(version) === semver.minor(from);
}

/** From one preview to the next of the same version. */
function isSamePreview(version: string, from: string): boolean {
  const [one, other] = [semver.parse(version), semver.parse(from)];
  return (
    semver.prerelease(from) !== null && one?.major === other?.major && one?.minor === other?.minor && one?.patch === other?.patch
  );
}

/**
 * As semantic versioning writes it. Tags have a `v` in front; distributions have an epoch, a revision of their own and marks of what they changed:
 * `5:7.0.15-1~deb12u1`, `1.22.1-9+deb12u2`, `2.4.0+dfsg1-1`.
 */
function normalized(text: string): string | undefined {
  const exact = semver.parse(text.trim().replace(/^v/i, ""));
  if (exact !== null && !/^(?:\d+|.*deb\d|.*ubuntu)/.test(exact.prerelease.join("."))) return exact.version;
  const upstream = text
    .trim()
    .replace(/^v/i, "")
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/\+.*$/, "");
  const preview = /~(?:rc|beta|alpha)\.?(\d*)/i.exec(upstream);
  const coerced = semver.coerce(upstream.replace(/~.*$/, ""));
  if (coerced === null) return undefined;
  return preview === null ? coerced.version : `${coerced.version}-${preview[0].slice(1).toLowerCase()}`;
}
