import { type PostgresServer, startPostgres, transferContract, whyNoPostgres } from "../../testing/index.js";
import { openPostgresStorage } from "./postgres-storage.js";

let server: PostgresServer | undefined;
let schemas = 0;

transferContract({
  name: "PostgreSQL",
  reason: await whyNoPostgres(),
  async prepare() {
    const started = await startPostgres();
    server = started;
    return () => started.remove();
  },
  open() {
    schemas += 1;
    return openPostgresStorage({ url: server?.url ?? "", schema: `transfer_${schemas}`, mode: "write" });
  },
});
