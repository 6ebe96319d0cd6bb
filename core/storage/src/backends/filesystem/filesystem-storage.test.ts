import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFilesystemStorage } from "../../index.js";
import { storageContract } from "../../testing/index.js";

storageContract({
  name: "filesystem",
  survivesReopen: true,
  async createPlace() {
    const dataDir = await mkdtemp(join(tmpdir(), "provisioning-storage-"));
    return {
      open: (clock) => openFilesystemStorage({ dataDir, clock, mode: "write" }),
      remove: () => rm(dataDir, { recursive: true, force: true }),
    };
  },
});

/** Every few records a new segment and a snapshot: the same promises while the journal is being compacted all the time. */
storageContract({
  name: "filesystem, compacting all the time",
  survivesReopen: true,
  async createPlace() {
    const dataDir = await mkdtemp(join(tmpdir(), "provisioning-storage-"));
    return {
      open: (clock) => openFilesystemStorage({ dataDir, clock, mode: "write", segmentBytes: 64 }),
      remove: () => rm(dataDir, { recursive: true, force: true }),
    };
  },
});
