/**
 * What need not be on any disk before it is answered, on a connection that does not wait for it: leases of runs that are given back, and
 * hints for other processes. Both go in one statement. A first hint goes at once, those that follow within some milliseconds go together,
 * or along with a lease.
 *
 * Hints are a matter of their own and not of the statement that stores events, because transactions that notify wait for each other's sync.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FencingToken } from "@provisioning/model";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";

const SEND = `
  with asked as materialized (
    select * from unnest(string_to_array($1, chr(10)), string_to_array($2, chr(10))::bigint[]) as asked (key, token)
  ),
  locked as materialized (
    select id as key, lease_holder, lease_token from runs where id in (select key from asked) order by id for update
  ),
  freed as (
    update runs set lease_holder = null, lease_until = 0, lease_request = null
    from asked join locked using (key)
    where runs.id = asked.key and locked.lease_token = asked.token and locked.lease_holder is not null
  ),
  told as materialized (select pg_notify($3, message) from unnest(string_to_array($4, chr(10))) as message)
  select asked.key, locked.lease_holder is not null and locked.lease_token <> asked.token as is_stale, locked.lease_token as newest
  from (select count(*) from told) as hints left join asked on true left join locked using (key)`;

/** Hints alone, as mostly: the other statement would be planned anew each time. */
const TELL = "select pg_notify($1, message) from unnest(string_to_array($2, chr(10))) as message";

/** One message carries at most 8000 bytes. */
const MOST_MESSAGE_BYTES = 7500;
/** How long hints are gathered after the last ones went. */
const PAUSE_MS = 5;
const CLOSE_WITHIN_MS = 1000;

export interface Released {
  readonly [column: string]: unknown;
  readonly key: string;
  readonly is_stale: boolean | null;
  readonly newest: FencingToken | null;
}

interface Release {
  /** The run. */
  readonly key: string;
  readonly token: FencingToken;
}

export interface Quick {
  release(release: Release): Promise<Released>;
  /** Without line breaks; the words of a hint are separated by spaces. */
  tell(hint: string): void;
  /** Who sends: the first word of each message. */
  readonly self: string;
  /** Sends what is to be sent; hints are not waited for when the database is gone. */
  settled(): Promise<void>;
}

/** `database`: answers before a write is safe from a crash of the server. */
export function createQuick(database: Database, channel: string): Quick {
  const self = randomUUID();
  let hints: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;

  const gather = new Gather<Release | undefined, Released | undefined>({
    keyOf: (release) => release?.key ?? "",
    async perform(asked) {
      const releases = asked.filter((release) => release !== undefined);
      const messages = messagesOf(self, hints);
      hints = [];
      clearTimeout(timer);
      timer = undefined;
      sentAt = performance.now();
      if (releases.length === 0) {
        await database.ask(TELL, [channel, lines(messages)]);
        return asked.map(() => undefined);
      }
      const rows = await database.ask<Released>(SEND, [
        lines(releases.map(({ key }) => key)),
        lines(releases.map(({ token }) => token)),
        channel,
        lines(messages),
      ]);
      const ofKey = new Map(rows.map((row) => [row.key, row]));
      return asked.map((release) => release && ofKey.get(release.key));
    },
  });
  const flush = () => {
    gather.ask(undefined).catch(() => {});
  };
  return {
    self,
    release: async (release) => (await gather.ask(release)) as Released,
    tell(hint) {
      hints.push(hint);
      timer ??= setTimeout(flush, Math.max(0, sentAt + PAUSE_MS - performance.now()));
    },
    async settled() {
      if (hints.length > 0) flush();
      const patience = new AbortController();
      const gaveUp = sleep(CLOSE_WITHIN_MS, undefined, patience).catch(() => {});
      await Promise.race([gather.settled(), gaveUp]);
      patience.abort();
      clearTimeout(timer);
    },
  };
}

/** As many hints in a message as fit. */
function messagesOf(self: string, hints: readonly string[]): readonly string[] {
  const messages: string[] = [];
  let current = "";
  for (const hint of hints) {
    if (current !== "" && current.length + hint.length >= MOST_MESSAGE_BYTES) {
      messages.push(current);
      current = "";
    }
    current = `${current === "" ? self : current} ${hint}`;
  }
  return current === "" ? messages : [...messages, current];
}
