/** Who may ask: whoever has the token, from a place that a web page of somebody else cannot be. */

import { timingSafeEqual } from "node:crypto";
import { ProvisioningError } from "@provisioning/model";
import type { IncomingHttpHeaders } from "node:http";

export interface Guard {
  /** @throws ProvisioningError HOST_REFUSED, ORIGIN_REFUSED */
  assertPlace(headers: IncomingHttpHeaders): void;
  /** @throws ProvisioningError TOKEN_MISSING, TOKEN_WRONG */
  assertToken(headers: IncomingHttpHeaders): void;
}

const NAMES = ["127.0.0.1", "localhost", "[::1]"];

export function createGuard(token: string, port: () => number): Guard {
  const expected = Buffer.from(token);
  let hosts: ReadonlySet<string> | undefined;
  const allowed = () => (hosts ??= new Set(NAMES.map((name) => `${name}:${port()}`)));
  return {
    assertPlace({ host, origin }) {
      // A page of another site that has our address under its own name: DNS rebinding.
      if (host === undefined || !allowed().has(host.toLowerCase())) {
        throw new ProvisioningError({
          code: "HOST_REFUSED",
          message: "The service is not known under this name.",
          hint: `Ask for it as http://localhost:${port()}.`,
        });
      }
      if (origin !== undefined && !allowed().has(origin.replace(/^http:\/\//, "").toLowerCase())) {
        throw new ProvisioningError({
          code: "ORIGIN_REFUSED",
          message: "Pages of other origins may not ask.",
          hint: "Ask from a program, which sends no such header, or from the service's own pages.",
        });
      }
    },
    assertToken({ authorization }) {
      const [, given] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
      if (given === undefined) {
        throw new ProvisioningError({
          code: "TOKEN_MISSING",
          message: "This needs the token of the service.",
          hint: "Send: authorization: Bearer TOKEN, with the text of runtime/orchestrator/token in the workspace.",
        });
      }
      if (!isEqual(Buffer.from(given), expected)) {
        throw new ProvisioningError({
          code: "TOKEN_WRONG",
          message: "This is not the token of the service.",
          hint: "It is a new one after each start; read runtime/orchestrator/token again.",
        });
      }
    },
  };
}

/** The length of the token is no secret. */
function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
