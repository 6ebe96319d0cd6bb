/**
 * The decisions, as functions inside the database, so that each is taken on what is stored at that moment and by the clock of the database.
 * Each gets one object and answers with one. The name of a function ends with the digest of what it says: processes of different
 * versions that share a database never call each other's.
 *
 *     run       one for each run, and for each lease of a run: `version` (absent: only a lease is known), `summary`, `lease`, `token` (the
 *               newest), `open` (somebody may claim it), `place` (its entry in one of the two that follow)
 *     waiting   [rank, run]: may be claimed, first come first
 *     due       [moment, run]: is looked at again then, because its lease runs out or it is not due before. A heartbeat does not move it:
 *               when its moment comes it gets a new place
 *     run_event [run, number]
 *     lease     of everything else, by scope
 *     resource  [infra, address]; depends_on and runs_on: its edges; edge: [infra, to, from, kind], because the database forgets
 *               edges to a record with the record
 *     session   the results of the last group of commands of a process, by which it learns what became of one whose answer was lost, and
 *               what others are told of it
 */

import { createHash } from "node:crypto";

// FOR goes through a variable, never through a SELECT: engine 3.0 gives it a single row as a value and not as a list of one.

/** Time. Tests replace it. */
export const NOW = "fn::provisioning::now";
export const DEFINE_NOW = `DEFINE FUNCTION IF NOT EXISTS ${NOW}() { RETURN time::millis(time::now()) }`;

interface DatabaseFunction {
  readonly name: string;
  readonly definition: string;
}

function define(name: string, parameters: string, body: string): DatabaseFunction {
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 12);
  const full = `fn::provisioning::${name}_${digest}`;
  return { name: full, definition: `DEFINE FUNCTION IF NOT EXISTS ${full}(${parameters}) {${body}}` };
}

/** Gives an open run a place in the queue: now, or when it is free. */
const enqueue = define(
  "enqueue",
  "$id: any, $rank: any, $free: any, $now: any",
  `
  LET $place = IF $free > $now { type::record('due', [$free, $id]) } ELSE { type::record('waiting', [$rank, $id]) };
  UPSERT $place RETURN NONE;
  RETURN $place;
`,
);

/** Lets runs wait whose moment has come. */
const wake = define(
  "wake",
  "",
  `
  LET $now = ${NOW}();
  LET $first = (SELECT VALUE id FROM due ORDER BY id LIMIT 1)[0];
  IF $first = NONE OR record::id($first)[0] > $now { RETURN false };
  LET $dues = (SELECT VALUE id FROM due ORDER BY id LIMIT 500);
  FOR $due IN $dues {
    LET $id = record::id($due)[1];
    IF record::id($due)[0] > $now { BREAK };
    DELETE $due RETURN NONE;
    LET $run = type::record('run', $id);
    LET $row = (SELECT open, lease, notBefore, rank, place FROM ONLY $run);
    IF $row.open = true AND $row.place = $due {
      LET $free = math::max([$row.lease.expiresAt ?? 0, $row.notBefore ?? 0]);
      UPDATE $run SET place = ${enqueue.name}($id, $row.rank, $free, $now) RETURN NONE;
    };
  };
  RETURN true;
`,
);

/** `id`, `infra`, `status`, `listed`, `summary`, `rank`, `notBefore`, `event` */
const submit = define(
  "submit",
  "$p: any",
  `
  LET $run = type::record('run', $p.id);
  LET $row = (SELECT version, lease FROM ONLY $run);
  IF $row.version > 0 { RETURN { known: true } };
  LET $free = math::max([$row.lease.expiresAt ?? 0, $p.notBefore ?? 0]);
  CREATE type::record('run_event', [$p.id, 1]) CONTENT { json: $p.event } RETURN NONE;
  UPSERT $run SET version = 1, infra = $p.infra, status = $p.status, listed = $p.listed, summary = $p.summary,
    rank = $p.rank, notBefore = $p.notBefore, open = true,
    place = ${enqueue.name}($p.id, $p.rank, $free, ${NOW}()) RETURN NONE;
  RETURN { version: 1 };
`,
);

/** `id`, `expected`, `token`, `events`, `version` after them, `status`, `summary`, `open`, `releases`: the lease is given back with it */
const append = define(
  "append",
  "$p: any",
  `
  LET $run = type::record('run', $p.id);
  LET $row = (SELECT version, lease, token, open, place, rank, notBefore FROM ONLY $run);
  IF $row.version = NONE { RETURN { missing: true } };
  IF $p.token != NONE AND $row.lease.token != $p.token { RETURN { stale: $row.token } };
  IF $row.version != $p.expected { RETURN { actual: $row.version } };
  INSERT INTO run_event $p.events RETURN NONE;
  IF $row.open = $p.open AND !$p.releases {
    UPDATE $run SET version = $p.version, status = $p.status, summary = $p.summary RETURN NONE;
  } ELSE {
    IF $row.place != NONE { DELETE $row.place RETURN NONE };
    LET $lease = IF $p.releases { NONE } ELSE { $row.lease };
    LET $free = math::max([$lease.expiresAt ?? 0, $row.notBefore ?? 0]);
    LET $place = IF $p.open { ${enqueue.name}($p.id, $row.rank, $free, ${NOW}()) } ELSE { NONE };
    UPDATE $run SET version = $p.version, status = $p.status, summary = $p.summary, open = $p.open, place = $place, lease = $lease
      RETURN NONE;
  };
  RETURN { version: $p.version };
`,
);

/** `holder`, `ttlMs` */
const claim = define(
  "claim",
  "$p: any",
  `
  LET $now = ${NOW}();
  FOR $try IN 0..50 {
    LET $place = (SELECT VALUE id FROM waiting ORDER BY id LIMIT 1)[0];
    IF $place = NONE { RETURN {} };
    LET $id = record::id($place)[1];
    LET $run = type::record('run', $id);
    LET $row = (SELECT open, lease, token, notBefore, rank, place FROM ONLY $run);
    DELETE $place RETURN NONE;
    IF $row.open = true AND $row.place = $place {
      LET $free = math::max([$row.lease.expiresAt ?? 0, $row.notBefore ?? 0]);
      IF $free > $now {
        UPDATE $run SET place = ${enqueue.name}($id, $row.rank, $free, $now) RETURN NONE;
      } ELSE {
        LET $next = ($row.token ?? 0) + 1;
        LET $expiresAt = $now + $p.ttlMs;
        LET $lease = { holder: $p.holder, token: $next, since: $now, ttlMs: $p.ttlMs, expiresAt: $expiresAt };
        UPDATE $run SET lease = $lease, token = $next,
          place = ${enqueue.name}($id, $row.rank, $expiresAt, $now) RETURN NONE;
        RETURN { id: $id, lease: $lease };
      };
    };
  };
  RETURN {};
`,
);

/** `table`, `id`, `holder`, `ttlMs` */
const acquire = define(
  "acquire",
  "$p: any",
  `
  LET $now = ${NOW}();
  LET $target = type::record($p.table, $p.id);
  LET $row = (SELECT lease, token, open, notBefore, rank, place FROM ONLY $target);
  IF $row.lease.expiresAt > $now { RETURN { held: $row.lease } };
  LET $next = ($row.token ?? 0) + 1;
  LET $expiresAt = $now + $p.ttlMs;
  LET $lease = { holder: $p.holder, token: $next, since: $now, ttlMs: $p.ttlMs, expiresAt: $expiresAt };
  UPSERT $target SET lease = $lease, token = $next RETURN NONE;
  IF $row.open = true {
    DELETE $row.place RETURN NONE;
    LET $free = math::max([$expiresAt, $row.notBefore ?? 0]);
    UPDATE $target SET place = ${enqueue.name}($p.id, $row.rank, $free, $now) RETURN NONE;
  };
  RETURN { lease: $lease };
`,
);

/** `table`, `id`, `token` */
const heartbeat = define(
  "heartbeat",
  "$p: any",
  `
  LET $target = type::record($p.table, $p.id);
  LET $row = (SELECT lease, token, version FROM ONLY $target);
  IF $row.lease.token != $p.token { RETURN { stale: $row.token ?? 0 } };
  LET $expiresAt = ${NOW}() + $row.lease.ttlMs;
  UPDATE $target SET lease.expiresAt = $expiresAt RETURN NONE;
  RETURN { expiresAt: $expiresAt, version: $row.version };
`,
);

/** `table`, `id`, `token` */
const release = define(
  "release",
  "$p: any",
  `
  LET $target = type::record($p.table, $p.id);
  LET $row = (SELECT lease, token, open, notBefore, rank, place FROM ONLY $target);
  IF $row.lease = NONE { RETURN {} };
  IF $row.lease.token != $p.token { RETURN { stale: $row.token } };
  UPDATE $target SET lease = NONE RETURN NONE;
  IF $row.open = true {
    DELETE $row.place RETURN NONE;
    UPDATE $target SET place = ${enqueue.name}($p.id, $row.rank, $row.notBefore ?? 0, ${NOW}()) RETURN NONE;
  };
  RETURN {};
`,
);

/** `table`, `id`, `holder`, `token`, `ttlMs`: takes a lease over as it is. */
const hold = define(
  "hold",
  "$p: any",
  `
  LET $now = ${NOW}();
  LET $target = type::record($p.table, $p.id);
  LET $row = (SELECT open, notBefore, rank, place FROM ONLY $target);
  LET $expiresAt = $now + $p.ttlMs;
  LET $lease = { holder: $p.holder, token: $p.token, since: $now, ttlMs: $p.ttlMs, expiresAt: $expiresAt };
  UPSERT $target SET lease = $lease, token = $p.token RETURN NONE;
  IF $row.open = true {
    DELETE $row.place RETURN NONE;
    LET $free = math::max([$expiresAt, $row.notBefore ?? 0]);
    UPDATE $target SET place = ${enqueue.name}($p.id, $row.rank, $free, $now) RETURN NONE;
  };
  RETURN {};
`,
);

/** `table`, `id`, `token`: the newest that was granted. Whoever holds the lease goes on under theirs. */
const raise = define(
  "raise",
  "$p: any",
  `
  LET $target = type::record($p.table, $p.id);
  LET $row = (SELECT token FROM ONLY $target);
  IF ($row.token ?? 0) < $p.token { UPSERT $target SET token = $p.token RETURN NONE };
  RETURN {};
`,
);

/** Lets `$from` point to `$to`. */
const link = define(
  "link",
  "$kind: any, $infra: any, $from: any, $to: any",
  `
  LET $edge = { id: [$infra, $from, $to], in: type::record('resource', [$infra, $from]), out: type::record('resource', [$infra, $to]) };
  IF $kind = 'depends_on' { INSERT RELATION IGNORE INTO depends_on $edge RETURN NONE };
  IF $kind = 'runs_on' { INSERT RELATION IGNORE INTO runs_on $edge RETURN NONE };
  RETURN true;
`,
);

/**
 * `writes`: `infra`, `address`, `expected` and, unless it is to be removed, `content` and `edges` (`kind`, `to`). `isImport`: whatever is there
 * is replaced.
 */
const write = define(
  "write",
  "$p: any",
  `
  FOR $w IN $p.writes {
    LET $actual = (SELECT VALUE version FROM ONLY type::record('resource', [$w.infra, $w.address])) ?? 0;
    IF $actual != $w.expected AND !$p.isImport { RETURN { infra: $w.infra, address: $w.address, expected: $w.expected, actual: $actual } };
  };
  FOR $w IN $p.writes {
    LET $id = type::record('resource', [$w.infra, $w.address]);
    LET $old = (SELECT version, edges FROM ONLY $id);
    LET $had = $old.edges ?? [];
    LET $has = $w.edges ?? [];
    FOR $edge IN array::complement($had, $has) {
      DELETE type::record('edge', [$w.infra, $edge.to, $w.address, $edge.kind]) RETURN NONE;
      DELETE type::record($edge.kind, [$w.infra, $w.address, $edge.to]) RETURN NONE;
    };
    IF $w.content = NONE {
      DELETE $id RETURN NONE;
    } ELSE {
      UPSERT $id CONTENT $w.content RETURN NONE;
      UPDATE $id SET version = $w.expected + 1, edges = $has RETURN NONE;
      FOR $edge IN array::complement($has, $had) {
        UPSERT type::record('edge', [$w.infra, $edge.to, $w.address, $edge.kind]) RETURN NONE;
        ${link.name}($edge.kind, $w.infra, $w.address, $edge.to);
      };
      IF $old.version = NONE {
        LET $first = $w.infra;
        LET $to = $w.address;
        LET $incoming = (SELECT VALUE id FROM edge:[$first, $to]..[$first, $to, {}]);
        FOR $edge IN $incoming {
          ${link.name}(record::id($edge)[3], $w.infra, record::id($edge)[2], $w.address);
        };
      };
    };
  };
  RETURN {};
`,
);

/** `id`, `first`, `last`: events by their numbers. */
const read = define(
  "read",
  "$p: any",
  `
  LET $run = $p.id;
  LET $first = $p.first;
  LET $last = $p.last;
  RETURN (SELECT VALUE json FROM run_event:[$run, $first]..=[$run, $last]);
`,
);

/** `id`: what is stored of a run beside its events. */
const row = define(
  "row",
  "$p: any",
  `
  LET $run = type::record('run', $p.id);
  RETURN (SELECT version, token, lease, summary FROM ONLY $run) ?? {};
`,
);

/** `id`, `statuses` in which it may go */
const forget = define(
  "forget",
  "$p: any",
  `
  LET $run = type::record('run', $p.id);
  LET $row = (SELECT version, status, lease, place FROM ONLY $run);
  IF $row.version = NONE OR $row.status NOT IN $p.statuses OR $row.lease.expiresAt > ${NOW}() { RETURN {} };
  LET $id = $p.id;
  LET $last = $row.version;
  DELETE run_event:[$id, 1]..=[$id, $last] RETURN NONE;
  IF $row.place != NONE { DELETE $row.place RETURN NONE };
  DELETE $run RETURN NONE;
  RETURN { gone: true };
`,
);

/** What a group of commands is made of. */
export const COMMANDS = {
  submit: submit.name,
  append: append.name,
  claim: claim.name,
  acquire: acquire.name,
  heartbeat: heartbeat.name,
  release: release.name,
  write: write.name,
  hold: hold.name,
  forget: forget.name,
  raise: raise.name,
  read: read.name,
  row: row.name,
} as const;

export const WAKE = wake.name;

/** Those that are called come before those that call. */
export const FUNCTIONS: readonly DatabaseFunction[] = [
  enqueue,
  wake,
  submit,
  append,
  claim,
  acquire,
  heartbeat,
  release,
  hold,
  forget,
  raise,
  link,
  write,
  read,
  row,
];
