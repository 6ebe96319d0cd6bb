/** Where the part of the reference viewer is that runs in a browser. The one-file build has a module of its own in the place of this one. */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export function viewerFile(): string {
  const entry = createRequire(import.meta.url).resolve("@scalar/fastify-api-reference");
  return join(dirname(entry), "js", "standalone.js");
}
