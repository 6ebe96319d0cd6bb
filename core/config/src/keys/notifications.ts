/** Who is told, and where notifications may go. */

import { boolean, choice, integer, text } from "../key-type.js";

export const notificationKeys = {
  "notifications.after": integer(
    [0, 86_400],
    60,
    600,
    "When a run that a command waited for took longer, its end is told by the terminal's bell, `notifications.desktop` and `notifications.webhook`.",
    { unit: "seconds" },
  ),
  "notifications.desktop": boolean(false, "Tell the end of a long run on the desktop, with the program `notify-send`.", {
    scope: "user",
  }),
  "notifications.webhook": text(
    "",
    "env://CHAT_WEBHOOK",
    "Address that is sent a JSON document when a long run ends, or better a reference to it; empty: none.",
    { secret: "value" },
  ),
  "notifications.allow_private_addresses": choice(
    ["no", "yes"],
    "no",
    "yes",
    "Whether notifications may be sent to addresses of private networks and of this machine.",
  ),
  "notifications.timeout_seconds": integer([1, 300], 15, 30, "Time for sending one notification, its answer included.", {
    unit: "seconds",
  }),
} as const;
