/** What the disk and the database can do at best. */

import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { syncsPerSecond } from "./servers.mjs";

const SECONDS = 5;
const VERSIONS = "/usr/lib/postgresql";

/** A row that is inserted, taken and done, each committed: what a queue costs that knows neither ranks nor leases nor results. */
const SCRIPT = `
\\set key random(1, 1000000000000)
insert into floor values (:key, 'waits') on conflict do nothing;
update floor set state = 'taken' where key = :key;
update floor set state = 'done' where key = :key;
`;

export async function floors(postgres, connections, folder) {
  const syncs = await syncsPerSecond();
  return { syncs, rows: postgres?.url === undefined ? undefined : rowsPerSecond(postgres, connections, folder) };
}

function rowsPerSecond({ url }, connections, folder) {
  const program = pgbench();
  if (program === undefined) return undefined;
  const script = join(folder, "floor.sql");
  writeFileSync(script, SCRIPT);
  spawnSync("psql", [url, "-q", "-c", "create table if not exists floor (key bigint primary key, state text)"]);
  const words = ["-n", "-c", connections, "-j", 2, "-T", SECONDS, "-M", "prepared", "-f", script, url].map(String);
  const { stdout } = spawnSync(program, words, { encoding: "utf8" });
  spawnSync("psql", [url, "-q", "-c", "drop table floor"]);
  const found = /tps = ([\d.]+)/.exec(stdout);
  return found === null ? undefined : Number(found[1]);
}

function pgbench() {
  const newest = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  const paths = newest.map((version) => join(VERSIONS, version, "bin", "pgbench"));
  return paths.find((path) => spawnSync(path, ["--version"]).status === 0);
}
