/** Recorded resources: several writes fit all or none. */

import { invariant } from "@provisioning/model";
import { StoreReadOnlyError, VersionConflictError } from "../../errors.js";
import type { ResourceStore, ResourceWrite, StoredResource } from "../../ports/resource-store.js";
import type { Version } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { codeOf, NothingDoneError } from "./errors.js";
import { lines } from "./gather.js";

/**
 * Locks what is there, and writes when every write fits. A record that somebody else makes in the same moment breaks the primary key; then
 * nothing is written, and asking again tells of the conflict.
 */
const WRITE = `
  with asked as materialized (
    select * from unnest(
      string_to_array($1, chr(10)), string_to_array($2, chr(10)), string_to_array($3, chr(10))::integer[],
      string_to_array($4, chr(10), '')
    ) with ordinality as asked (infra, address, expected, record, place)
  ),
  locked as materialized (
    select infra, address, version from resources
    where (infra, address) in (select infra, address from asked) order by infra, address for update
  ),
  conflicts as materialized (
    select place, coalesce(version, 0) as actual from asked left join locked using (infra, address)
    where coalesce(version, 0) <> expected
  ),
  made as (
    insert into resources (infra, address, version, record)
    select infra, address, 1, record::json from asked
    where expected = 0 and record is not null and not exists (select from conflicts)
  ),
  changed as (
    update resources set version = expected + 1, record = asked.record::json from asked
    where resources.infra = asked.infra and resources.address = asked.address
      and expected > 0 and asked.record is not null and not exists (select from conflicts)
  ),
  removed as (
    delete from resources using asked
    where resources.infra = asked.infra and resources.address = asked.address
      and asked.record is null and not exists (select from conflicts)
  )
  select place::integer, actual from conflicts order by place limit 1`;

const GET = "select record, version from resources where infra = $1 and address = $2";
const LIST = "select record, version from resources where infra = $1 order by address";
const INFRAS = "select distinct infra from resources order by infra";

const UNIQUE_VIOLATION = "23505";

interface Conflict {
  readonly [column: string]: unknown;
  /** From 1. */
  readonly place: number;
  readonly actual: Version;
}

type StoredRow = StoredResource & Readonly<Record<string, unknown>>;

export function createResourceStore(database: Database, isReadOnly: boolean): ResourceStore {
  const write = async (writes: readonly ResourceWrite[]) => {
    database.assertOpen();
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
    assertEachOnce(writes);
    if (writes.length > 0) await writeAll(database, writes);
  };
  return {
    async get(infra, address) {
      const [row] = await database.ask<StoredRow>(GET, [infra, address]);
      return row === undefined ? undefined : storedOf(row);
    },
    async list(infra) {
      return (await database.ask<StoredRow>(LIST, [infra])).map(storedOf);
    },
    async listInfras() {
      return (await database.ask<{ infra: StoredResource["record"]["infra"] }>(INFRAS)).map(({ infra }) => infra);
    },
    async put(record, expected) {
      await write([{ type: "put", record, expected }]);
      return expected + 1;
    },
    remove: (infra, address, expected) => write([{ type: "remove", infra, address, expected }]),
    write,
  };
}

/** @throws VersionConflictError */
async function writeAll(database: Database, writes: readonly ResourceWrite[]): Promise<void> {
  const keys = writes.map(keyOf);
  const parameters = [
    lines(keys.map(({ infra }) => infra)),
    lines(keys.map(({ address }) => address)),
    lines(writes.map(({ expected }) => expected)),
    lines(writes.map((write) => (write.type === "put" ? JSON.stringify(write.record) : undefined))),
  ];
  await database.persist(async (mayBeDone) => {
    const [conflict] = await database.once<Conflict>(WRITE, parameters).catch((error: unknown) => {
      throw codeOf(error) === UNIQUE_VIOLATION ? new NothingDoneError({ cause: error }) : error;
    });
    if (conflict === undefined || (mayBeDone && (await isWritten(database, writes)))) return;
    const { infra, address } = keys[conflict.place - 1] as ReturnType<typeof keyOf>;
    const { expected } = writes[conflict.place - 1] as ResourceWrite;
    throw new VersionConflictError(`${address} of ${infra}`, expected, conflict.actual);
  });
}

/** Whether everything is as these writes leave it. */
async function isWritten(database: Database, writes: readonly ResourceWrite[]): Promise<boolean> {
  for (const write of writes) {
    const { infra, address } = keyOf(write);
    const [row] = await database.once<StoredRow>(GET, [infra, address]);
    if (write.type === "remove" ? row !== undefined : row?.version !== write.expected + 1) return false;
    if (write.type === "put" && JSON.stringify(row?.record) !== JSON.stringify(write.record)) return false;
  }
  return true;
}

function keyOf(write: ResourceWrite) {
  return write.type === "put" ? write.record : write;
}

function assertEachOnce(writes: readonly ResourceWrite[]): void {
  const seen = new Set<string>();
  for (const { infra, address } of writes.map(keyOf)) {
    const key = `${infra}/${address}`;
    invariant(!seen.has(key), `${address} is written twice at once`);
    invariant(!key.includes("\n"), "names have no line breaks");
    seen.add(key);
  }
}

function storedOf({ record, version }: StoredRow): StoredResource {
  return { record, version };
}
