/**
 * A connection that only listens. When it is lost a new client takes its place: the library's own `listen` goes on with the old one, which
 * takes the farewell of a server that ended it while it asked to listen for the answer to its next question, and does not ask again
 * (postgres 3.4.9, `errorResponse` in its connection.js).
 */

import type postgres from "postgres";
import { connectionTo, type Target } from "./options.js";
import type { Listen } from "./watch.js";

export function createListen(library: typeof postgres, target: Target): Listen {
  return (channel, onMessage, onListening) => {
    let client: postgres.Sql;
    let failures = 0;
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;

    const connect = () => {
      let isLost = false;
      const lost = () => {
        if (isLost || isOver) return;
        isLost = true;
        void mine.end({ timeout: 0 }).catch(() => {});
        timer = setTimeout(connect, pauseMs(failures));
        failures += 1;
      };
      const mine = listeningClient(library, target, onMessage, lost);
      client = mine;
      mine.unsafe(`listen "${channel.replaceAll('"', '""')}"`).then(() => {
        if (isLost || isOver) return;
        failures = 0;
        onListening();
      }, lost);
    };
    connect();
    return async () => {
      isOver = true;
      clearTimeout(timer);
      await client.end({ timeout: 0 });
    };
  };
}

function listeningClient(library: typeof postgres, target: Target, onMessage: (message: string) => void, onLost: () => void) {
  const options: postgres.Options<{}> & Listening = {
    ...connectionTo(target),
    max: 1,
    max_lifetime: null,
    connect_timeout: CONNECT_WITHIN_S,
    fetch_types: false,
    onnotice: () => {},
    onnotify: (_channel, message) => onMessage(message),
    onclose: onLost,
    connection: { application_name: "provisioning watch" },
  };
  return library(options);
}

/** What the library's own `listen` is made of; its declarations leave it out. */
interface Listening {
  readonly onnotify: (channel: string, message: string) => void;
}

const CONNECT_WITHIN_S = 5;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

function pauseMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}
