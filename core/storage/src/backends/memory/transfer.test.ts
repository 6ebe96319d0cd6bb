import { systemClock } from "@provisioning/model";
import { transferContract } from "../../testing/index.js";
import { openMemoryStorage } from "./memory-storage.js";

transferContract({ name: "memory", open: async () => openMemoryStorage({ clock: systemClock }) });
