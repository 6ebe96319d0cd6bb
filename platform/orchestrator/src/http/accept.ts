/**
 * Takes connections in before it carries out what changes something. Node accepts one connection in each turn of its event loop, and a turn lasts as long as
 * what is done in it: when some hundred clients come at once, the last of them would wait for as many long turns, whatever it asks for. So while
 * somebody comes in each turn, POST requests wait, of those who were there before as well. The turns stay short, soon everybody is in, and who only looks
 * is answered meanwhile.
 */

import type { RequestListener, Server } from "node:http";
import { takeListeners } from "./take-listeners.js";

/** Nobody waits longer for those who come behind; then for as long nobody waits for them. */
const PATIENCE_MS = 250;
/** More that came in one after the other are a crowd. */
const FEW = 16;

export interface AcceptOptions {
  /** Told before those who waited are served. */
  readonly onCrowd?: () => void;
  /** Told when somebody comes in, and when nobody does any more. */
  readonly onTakingIn?: (isTakingIn: boolean) => void;
  readonly patienceMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Before the server listens, and after everything else that stands before its requests. */
export function acceptTogether(server: Server, options: AcceptOptions = {}): void {
  const { onCrowd, onTakingIn, patienceMs = PATIENCE_MS, now = () => performance.now() } = options;
  const serve = takeListeners<RequestListener>(server, "request");
  let waiting: Parameters<RequestListener>[] = [];
  let isTakingIn = false;
  let isStillComing = false;
  let since = 0;
  let came = 0;
  let notBefore = 0;

  const look = () => {
    if (isStillComing) {
      const at = now();
      if (at < since + patienceMs) {
        isStillComing = false;
        setImmediate(look);
        return;
      }
      notBefore = at + patienceMs;
    }
    isTakingIn = false;
    if (came > FEW) onCrowd?.();
    onTakingIn?.(false);
    const all = waiting;
    waiting = [];
    for (const [request, answer] of all) serve(request, answer);
  };
  server.on("connection", () => {
    isStillComing = true;
    came += 1;
    if (isTakingIn) return;
    const at = now();
    if (at < notBefore) return;
    isTakingIn = true;
    since = at;
    came = 1;
    onTakingIn?.(true);
    setImmediate(look);
  });
  server.on("request", (request, answer) => {
    if (isTakingIn && request.method === "POST") waiting.push([request, answer]);
    else serve(request, answer);
  });
}
