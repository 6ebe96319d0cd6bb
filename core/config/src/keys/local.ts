/** The provider `local`. */

import { integer, list, text } from "../key-type.js";

const seconds = { unit: "seconds" } as const;

export const localKeys = {
  "local.image": text(
    "provisioning-server:bookworm",
    "registry.example.com/server:12",
    "Image of the servers that the provider `local` makes. It is built when it is missing.",
  ),
  "local.engine": text("auto", "unix:///var/run/docker.sock", "Address of the container engine; `auto`: found by looking."),
  "local.batch_size": integer([1, 256], 8, 2, "Servers that are made or removed at the same time on this machine."),
  "local.rate": integer([1, 10_000], 50, 10, "Calls of the engine in a second, at most."),
  "local.boot_timeout_seconds": integer(
    [5, 3_600],
    120,
    300,
    "Time until the server that was started can be logged in to.",
    seconds,
  ),
  "local.removal_timeout_seconds": integer([1, 3_600], 30, 120, "How long the removal of a container is waited for.", seconds),
  "local.network_pool": text(
    "10.213.0.0/16",
    "172.30.0.0/16",
    "IPv4 range from which networks without a `cidr` get theirs; /8 to /29.",
  ),
  "local.network_prefix": integer([8, 29], 24, 26, "Size of such a network, as the length of its prefix."),
  "local.apt_sources": list(
    [],
    ["deb http://mirror.example.com/debian bookworm main"],
    "Lines of `sources.list` for the image that is built; none: those of this machine, when it is a Debian.",
  ),
  "local.registry_timeout_seconds": integer(
    [1, 600],
    15,
    60,
    "Silence after which no container registry counts as reachable, and the image is built from packages.",
    seconds,
  ),
  "local.image_build_minutes": integer([1, 240], 15, 30, "Time limit for building the image on one of a registry.", {
    unit: "minutes",
  }),
} as const;
