/** Where newer versions are announced, how long an answer counts, and how far updates may go. */

import { choice, integer, list, map, text } from "../key-type.js";

export const versionKeys = {
  "versions.strategy": choice(
    ["major", "minor", "patch", "none"],
    "minor",
    "patch",
    "How far an update may go when neither `versions.strategies` nor the manifest of the taskserv says so.",
  ),
  "versions.strategies": map(
    { redis: "patch" },
    "How far updates may go, by the name of the taskserv: major, minor, patch or none.",
  ),
  "versions.constraints": map(
    { nginx: "^1.22" },
    "Which versions may be taken at all, by the name of the taskserv: ranges as npm writes them.",
  ),
  "versions.grace_hours": integer([0, 8_760], 24, 4, "An answer about newer versions counts for so long; 0: ask every time.", {
    unit: "hours",
  }),
  "versions.apt_indexes": list(
    ["https://deb.debian.org/debian/dists/bookworm/main/binary-amd64/Packages.gz"],
    ["http://mirror.example.com/debian/dists/bookworm/main/binary-amd64/Packages.gz"],
    "Package indexes of distributions that are asked for newer versions.",
  ),
  "versions.releases_url": text(
    "https://api.github.com",
    "https://mirror.example.com/github",
    "What stands in front of `/repos/OWNER/NAME/releases` when a project's releases are asked for.",
  ),
  "versions.timeout_seconds": integer([1, 3_600], 30, 120, "Time for one answer about newer versions.", { unit: "seconds" }),
} as const;
