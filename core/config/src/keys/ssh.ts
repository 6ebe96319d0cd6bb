/** How servers are reached. */

import { integer } from "../key-type.js";

const unit = "seconds";

export const sshKeys = {
  "ssh.connect_timeout_seconds": integer([1, 600], 20, 60, "Time for connecting to a server and logging in.", { unit }),
  "ssh.keepalive_seconds": integer(
    [1, 600],
    10,
    30,
    "A silent connection is probed this often, and given up after three probes without an answer.",
    { unit },
  ),
  "ssh.idle_seconds": integer([1, 3_600], 60, 300, "An unused connection is kept open this long.", { unit }),
  "ssh.lock_wait_seconds": integer(
    [1, 86_400],
    600,
    1_800,
    "How long a change waits for another program that works on the same server.",
    { unit },
  ),
  "ssh.read_wait_seconds": integer([1, 3_600], 10, 60, "How long a look at a server waits for a program that works on it.", {
    unit,
  }),
} as const;
