/** Where an entry of an archive may go. Pure. */

import { LIMITS, NOTE_FILE, STATE_PART, WORKSPACE_PART } from "./format.js";

/** Why an entry of this name must not be unpacked; absent when it may. */
export function pathProblem(name: string): string | undefined {
  const shown = JSON.stringify(name.slice(0, 120));
  if (name === NOTE_FILE || name === WORKSPACE_PART || name === STATE_PART) return undefined;
  if (name.length > LIMITS.pathLength) return `the path ${shown}… is too long`;
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\"))
    return `the path ${shown} leads out of the workspace`;
  if (/\p{Cc}/u.test(name)) return `the path ${shown} has characters that no name has`;
  const parts = name.replace(/\/$/, "").split("/");
  if (parts.some((part) => part === ".." || part === "." || part === "")) return `the path ${shown} leads out of the workspace`;
  if (parts.some((part) => Buffer.byteLength(part) > 255)) return `the path ${shown} has a name that is too long`;
  if (!name.startsWith(WORKSPACE_PART) && !name.startsWith(STATE_PART)) return `the path ${shown} is no part of an export`;
  if (/^workspace\/(?:runtime|\.git|node_modules)(?:\/|$)/i.test(name)) return `the path ${shown} is made by the platform alone`;
  return undefined;
}

/** Equal for names that some file systems take for one. */
export function pathKey(name: string): string {
  return name.replace(/\/$/, "").normalize("NFC").toLowerCase();
}
