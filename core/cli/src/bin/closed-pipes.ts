/**
 * Whoever reads may stop before the end, as `head` does. A result that nobody reads any more is of no use, and the command ends without a
 * word; talk that nobody reads never stops what is under way.
 */

import { EXIT } from "../exit-codes.js";

type Output = Pick<NodeJS.WriteStream, "on">;

export function heedClosedPipes(stdout: Output, stderr: Output, exit: (code: number) => void): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    exit(EXIT.unread);
  });
  stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
