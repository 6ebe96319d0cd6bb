/** Host keys as they are recorded: "ssh-ed25519 AAAA…", the algorithm and the base64 of the key (RFC 4253, section 6.6). */

import { ProvisioningError } from "@provisioning/model";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** The recorded form of a key as it came over the wire. */
export function keyLine(key: Buffer): string {
  const length = key.readUInt32BE(0);
  return `${key.subarray(4, 4 + length).toString("ascii")} ${key.toString("base64")}`;
}

/** Host keys are public: plain comparison tells nobody anything new. */
export function keyMatches(key: Buffer, recorded: readonly string[]): boolean {
  return recorded.some((line) => line.split(" ")[1] === key.toString("base64"));
}

const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
};

/** What to offer, so that a server with several keys shows the recorded one. @throws ProvisioningError `HOST_KEY_INVALID` */
export function algorithmsFor(recorded: readonly string[]): ServerHostKeyAlgorithm[] {
  return recorded.flatMap((line) => {
    const algorithms = ALGORITHMS[line.split(" ")[0] ?? ""];
    if (algorithms) return algorithms;
    throw new ProvisioningError({
      code: "HOST_KEY_INVALID",
      message: `The recorded host key "${line.slice(0, 40)}" is of no known type.`,
      hint: `Record one of: ${Object.keys(ALGORITHMS).join(", ")}.`,
    });
  });
}
