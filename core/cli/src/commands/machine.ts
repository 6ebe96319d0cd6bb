/** Commands about this machine. */

import { command } from "../command/command.js";
import { onOff, type ShownFlags, shownFlags, shownLetters } from "./flags.js";

export const doctorCommand = command<ShownFlags & { readonly fix?: boolean }>({
  name: "doctor",
  aliases: ["dc"],
  brief: "Look whether this machine has what is needed",
  examples: [
    ["doctor", "what is there, what is missing, and how to get it"],
    ["doctor --fix", "do the fixes that are safe to do"],
  ],
  loader: async () => (await import("./machine/doctor.js")).doctor,
  parameters: { flags: { ...shownFlags, fix: onOff("Do the fixes that are safe to do") }, aliases: shownLetters },
  result: "machine.examine",
});
