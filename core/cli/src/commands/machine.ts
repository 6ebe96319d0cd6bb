/** Commands about this machine and the platform itself. */

import { command } from "../command/command.js";
import { onOff, type OutputFlags, outputFlag, outputLetter, type ShownFlags, shownFlags, shownLetters } from "./flags.js";

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

export const versionCommand = command<OutputFlags>({
  name: "version",
  aliases: ["ver", "v"],
  brief: "Show the version",
  examples: [["version", "of provisioning and of what it runs on"]],
  loader: async () => (await import("./machine/version.js")).version,
  parameters: { flags: outputFlag, aliases: outputLetter },
});
