import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { transferContract } from "../../testing/index.js";
import { openFilesystemStorage } from "./filesystem-storage.js";

let base = "";

transferContract({
  name: "the file system",
  async prepare() {
    base = await mkdtemp(join(tmpdir(), "provisioning-transfer-"));
    return () => rm(base, { recursive: true, force: true });
  },
  async open() {
    return openFilesystemStorage({ dataDir: await mkdtemp(join(base, "store-")), mode: "write", clock: systemClock });
  },
});
