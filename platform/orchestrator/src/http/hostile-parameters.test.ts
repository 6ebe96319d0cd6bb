/** Ids, names and paths that mean harm, in every place where a request can put one: nothing outside is read or written. */

import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

let service: ServedWorkspace;
let outside: string;
const SECRET = "what nobody may read 4711";

beforeAll(async () => {
  service = await serveWorkspace({ environment: { PROVISIONING_STORAGE_TYPE: "memory" } });
  outside = dirname(service.workspace);
  await writeFile(join(outside, "secret.k"), `x = "${SECRET}"\n`);
  await writeFile(join(outside, "secret.yaml"), `servers:\n  default_plan: ${JSON.stringify(SECRET)}\n`);
  await mkdir(join(service.workspace, "links"));
  await symlink(outside, join(service.workspace, "links/out"));
  await symlink(join(outside, "secret.k"), join(service.workspace, "links/secret.k"));
});
afterAll(() => service.close());

const ROUNDS = 2_000;
const PARTS = ["..", "%2e%2e", "..%2f", "..%5c", "\\..", ".", "links/out", "secret.k", "secret.yaml", "etc", "passwd", "runtime"];
const PARTS_MORE = [
  "\0",
  "%00",
  "…",
  "é".repeat(50),
  "%c0%ae%c0%ae",
  "~",
  "$HOME",
  "`id`",
  "$(id)",
  "'",
  '"',
  "<x>",
  "{{7*7}}",
  "-rf",
];

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it("reads and writes nothing outside of the workspace", async () => {
  const random = randomOf(20261121);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const hostile = (): string => {
    const parts = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(random() < 0.7 ? PARTS : PARTS_MORE));
    return `${pick(["", "/", "./", "//", "file://"])}${parts.join(pick(["/", "/", "%2f", "\\"]))}`;
  };
  const before = (await readdir(outside)).sort();
  const places: readonly ((value: string) => ReturnType<ServedWorkspace["ask"]>)[] = [
    (value) => service.ask(`/tasks/${encodeURIComponent(value)}`),
    (value) => service.ask(`/tasks/${inPath(value)}/events`),
    (value) => service.ask(`/workflows/${inPath(value)}/logs`),
    (value) => service.ask(`/workflows/${encodeURIComponent(value)}/rollback`, { method: "POST" }),
    (value) => service.ask(`/actions/${inPath(value)}`, { body: {} }),
    (value) => service.ask(`/tasks?cursor=${encodeURIComponent(value)}`),
    (value) => service.ask("/workflows/batch", { body: { file: value } }),
    (value) => service.ask("/workflows", { body: { file: value } }),
    (value) => service.ask("/workflows/servers/create", { body: { infra: value, check_mode: true } }),
    (value) => service.ask("/workflows/taskserv/create", { body: { settings: value, check_mode: true } }),
    (value) => service.ask("/actions/batch.validate", { body: { input: { file: value } } }),
    (value) => service.ask("/actions/state.show", { body: { input: { resource: value } } }),
    (value) =>
      service.ask("/tasks", { headers: { "last-event-id": printable(value), "idempotency-key": printable(value) || "x" } }),
  ];
  const statuses = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const value = hostile();
    const answer = await pick(places)(value);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    expect([value, answer.status < 500, answer.text.includes(SECRET)]).toEqual([value, true, false]);
  }
  expect((await readdir(outside)).sort()).toEqual(before);
  expect(await readFile(join(outside, "secret.k"), "utf8")).toContain(SECRET);
  expect((statuses.get(403) ?? 0) + (statuses.get(404) ?? 0)).toBeGreaterThan(ROUNDS / 2);
}, 120_000);

/** As it is, as far as a request line can hold it. */
function inPath(value: string): string {
  return value.replaceAll(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character)).replaceAll("#", "%23");
}

function printable(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, "?");
}
