/**
 * Takes connections in before it serves requests. Node accepts one connection in each turn of its event loop, and a turn lasts as long as the requests that
 * came in it: when some hundred clients come at once, the last of them would wait for as many long turns, whatever it asks for. So while
 * somebody comes in each turn, requests wait, of those who were there before as well. The turns stay short, and soon everybody is in.
 */

import type { RequestListener, Server } from "node:http";
import type { Socket } from "node:net";
import { takeListeners } from "./take-listeners.js";

/** Nobody waits longer for those who come behind. */
const PATIENCE_MS = 50;

/** Before the server listens, and after everything else that stands before its requests. */
export function acceptTogether(server: Server, patienceMs = PATIENCE_MS): void {
  const begin = takeListeners<(socket: Socket) => void>(server, "connection");
  const serve = takeListeners<RequestListener>(server, "request");
  // Nothing is read of a connection until it begins.
  Object.assign(server, { pauseOnConnect: true });
  let sockets: Socket[] = [];
  let requests: Parameters<RequestListener>[] = [];
  let isTakingIn = false;
  let isStillComing = false;
  let since = 0;

  const look = () => {
    if (isStillComing && performance.now() < since + patienceMs) {
      isStillComing = false;
      setImmediate(look);
      return;
    }
    isTakingIn = false;
    const [allSockets, allRequests] = [sockets, requests];
    sockets = [];
    requests = [];
    for (const socket of allSockets) beginUnlessGone(socket);
    for (const [request, answer] of allRequests) serve(request, answer);
  };
  const beginUnlessGone = (socket: Socket) => {
    if (!server.listening) socket.destroy();
    if (socket.destroyed) return;
    begin(socket);
    socket.resume();
  };
  server.on("connection", (socket) => {
    sockets.push(socket);
    isStillComing = true;
    if (isTakingIn) return;
    isTakingIn = true;
    since = performance.now();
    setImmediate(look);
  });
  server.on("request", (request, answer) => {
    if (isTakingIn) requests.push([request, answer]);
    else serve(request, answer);
  });
}
