/** Recorded resources, and how they hang together as edges, so that the database can be asked: `SELECT <-depends_on<-resource FROM …`. */

import { type Address, type InfraName, invariant, parseAddress, type ResourceRecord, serverAddress } from "@provisioning/model";
import { StoreReadOnlyError, VersionConflictError } from "../../errors.js";
import type { ResourceStore, ResourceWrite, StoredResource } from "../../ports/resource-store.js";
import type { Database } from "./database.js";
import type { Lane } from "./lane.js";

/** Behind every address. */
const LAST = "\u{10FFFF}";
const GET = "SELECT json, version FROM ONLY type::record('resource', [$infra, $address])";
const LIST = "SELECT id, json, version FROM resource:[$infra, '']..[$infra, $last] ORDER BY id";
const INFRAS = "SELECT infra FROM resource GROUP BY infra";

interface ResourceRow {
  readonly json: string;
  readonly version: number;
}

interface WriteResult {
  readonly infra?: InfraName;
  readonly address?: Address;
  readonly expected?: number;
  readonly actual?: number;
}

export function createResourceStore(database: Database, laneOf: (id: string) => Lane, isReadOnly: boolean): ResourceStore {
  const write = async (writes: readonly ResourceWrite[]) => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
    assertOnce(writes);
    const rows = writes.map(rowOf);
    const bytes = rows.reduce((sum, row) => sum + (row.content?.json.length ?? 0), 0);
    const { infra, address, expected, actual } = (await laneOf("resources").do(
      "write",
      { writes: rows, isImport: false },
      bytes,
    )) as WriteResult;
    if (actual !== undefined) throw new VersionConflictError(`${address} of ${infra}`, expected as number, actual);
  };
  return {
    async get(infra, address) {
      const [row] = await database.ask(GET, { infra, address });
      return row === undefined ? undefined : storedOf(row as ResourceRow);
    },
    async list(infra) {
      const [rows] = await database.ask(LIST, { infra, last: LAST });
      return (rows as readonly ResourceRow[]).map(storedOf);
    },
    async listInfras() {
      const [rows] = await database.ask(INFRAS);
      return (rows as readonly { infra: InfraName }[]).map(({ infra }) => infra).sort();
    },
    async put(record, expected) {
      await write([{ type: "put", record, expected }]);
      return expected + 1;
    },
    remove: (infra, address, expected) => write([{ type: "remove", infra, address, expected }]),
    write,
  };
}

function storedOf({ json, version }: ResourceRow): StoredResource {
  return { record: JSON.parse(json) as ResourceRecord, version };
}

function assertOnce(writes: readonly ResourceWrite[]): void {
  const seen = new Set<string>();
  for (const write of writes) {
    const { infra, address } = write.type === "put" ? write.record : write;
    invariant(!seen.has(`${infra}/${address}`), `${address} is written twice at once`);
    seen.add(`${infra}/${address}`);
  }
}

export function rowOf(write: ResourceWrite) {
  if (write.type === "remove") return { infra: write.infra, address: write.address, expected: write.expected };
  const { infra, address, kind, provider, status, runId, updatedAt } = write.record;
  const json = JSON.stringify(write.record);
  const content = { infra, address, kind, provider, status, runId, updatedAt, json };
  return { infra, address, expected: write.expected, content, edges: edgesOf(write.record) };
}

/** A taskserv runs on its server. */
function edgesOf({ address, dependsOn }: ResourceRecord): readonly { readonly kind: string; readonly to: Address }[] {
  const parsed = parseAddress(address);
  const edges = dependsOn.map((to) => ({ kind: "depends_on", to }));
  return parsed.kind === "taskserv" ? [...edges, { kind: "runs_on", to: serverAddress(parsed.server) }] : edges;
}
