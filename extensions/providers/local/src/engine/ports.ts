/**
 * Ports of this machine that local servers need: one free port on 127.0.0.1 for each server, and only where the engine's
 * containers cannot be reached at their own addresses (Docker Desktop). The services' own ports are on the servers' addresses.
 */

import { createServer } from "node:net";
import type { Finding } from "./preflight.js";

const LOOPBACK = "127.0.0.1";

/** Whether a port can be opened on the loopback interface; opens one for a moment. */
export function canOpenLoopbackPort(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(0, LOOPBACK, () => server.close(() => resolve(true)));
  });
}

export function portsFinding(canOpen: boolean): Finding {
  const base = { id: "ports", required: true, title: "Ports", ok: canOpen };
  if (canOpen) return { ...base, found: `ports can be opened on ${LOOPBACK}; services use the servers' own addresses` };
  return {
    ...base,
    found: `no port can be opened on ${LOOPBACK}`,
    fix: {
      text: "End programs that hold many ports, or widen net.ipv4.ip_local_port_range; local servers are reached through it.",
    },
  };
}
