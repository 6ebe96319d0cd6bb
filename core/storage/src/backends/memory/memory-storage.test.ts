import { openMemoryStorage } from "../../index.js";
import { storageContract } from "../../testing/index.js";

storageContract({
  name: "memory",
  survivesReopen: false,
  createPlace: async () => ({ open: async (clock) => openMemoryStorage({ clock }), remove: async () => {} }),
});
