/** The provider `local`. */

import { text } from "../key-type.js";

export const localKeys = {
  "local.image": text(
    "provisioning-server:bookworm",
    "registry.example.com/server:12",
    "Image of the servers that the provider `local` makes. It is built when it is missing.",
  ),
  "local.engine": text("auto", "unix:///var/run/docker.sock", "Address of the container engine; `auto`: found by looking."),
} as const;
