/** A connection that only listens. The client library opens it again when it was lost, and says so. */

import type postgres from "postgres";
import type { Target } from "./options.js";
import type { Listen } from "./watch.js";

export function createListen(library: typeof postgres, target: Target): Listen {
  return (channel, onMessage, onListening) => {
    const { host, port, database, user, password, ssl } = target;
    const client = library({
      host,
      port,
      database,
      user,
      password,
      ssl,
      max: 1,
      fetch_types: false,
      backoff: (attempt) => Math.min(FIRST_PAUSE_S * 2 ** attempt, LONGEST_PAUSE_S) * (0.5 + Math.random() / 2),
      target_session_attrs: host.includes(",") ? "read-write" : undefined,
      onnotice: () => {},
      connection: { application_name: "provisioning watch" },
    });
    // When it cannot be reached, watchers hear only of what this process stores; the library goes on trying.
    client.listen(channel, onMessage, onListening).catch(() => {});
    return () => client.end({ timeout: 0 });
  };
}

const FIRST_PAUSE_S = 0.05;
const LONGEST_PAUSE_S = 2;
