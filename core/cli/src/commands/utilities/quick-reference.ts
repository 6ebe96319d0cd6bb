/** `sc`: the commands of every day on one page. */

import type { CliContext } from "../../cli-context.js";
import { columns } from "../../help/lines.js";
import { writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import type { OutputFlags } from "../flags.js";

interface Line {
  readonly topic: string;
  readonly command: string;
  readonly meaning: string;
}

/** A test runs every command of it through the table. */
export const QUICK_REFERENCE: readonly Line[] = [
  { topic: "Begin", command: "ws init shop", meaning: "make a workspace" },
  { topic: "Begin", command: "doctor --fix", meaning: "get this machine ready" },
  { topic: "Change", command: "p", meaning: "show what would change" },
  { topic: "Change", command: "a", meaning: "make it so" },
  { topic: "Change", command: "s c web-01", meaning: "make one server" },
  { topic: "Change", command: "t c redis", meaning: "install a service with what it requires" },
  { topic: "Change", command: "cl rm shop", meaning: "remove everything of an infra" },
  { topic: "Look", command: "st", meaning: "what runs, and how to reach it" },
  { topic: "Look", command: "hc", meaning: "check services by using them" },
  { topic: "Look", command: "drift", meaning: "what was changed behind our back" },
  { topic: "Look", command: "ssh web-01", meaning: "a shell on a server" },
  { topic: "Runs", command: "b s deploy.k", meaning: "carry out a batch workflow" },
  { topic: "Runs", command: "runs", meaning: "list runs, newest first" },
  { topic: "Runs", command: "watch last", meaning: "follow the newest run" },
  { topic: "Runs", command: "why last", meaning: "why it waits or failed" },
  { topic: "Runs", command: "b re last", meaning: "try again what was not done" },
  { topic: "Runs", command: "b rb last", meaning: "undo what it made" },
];

export async function quickReference(this: CliContext, flags: OutputFlags): Promise<void> {
  const { stdout, env } = this.process;
  const style = styleFor(stdout, env);
  await writeResult(this, flags.output, QUICK_REFERENCE, () => {
    const topics = [...new Set(QUICK_REFERENCE.map(({ topic }) => topic))];
    const sections = topics.flatMap((topic) => [style.bold(topic), ...rows(topic)]);
    return [...sections, style.dim("Everywhere: help, -o json, --check, --yes. More: provisioning shortcuts")].join("\n");
  });
}

function rows(topic: string): string[] {
  const lines = QUICK_REFERENCE.filter((line) => line.topic === topic);
  return columns(
    lines.map(({ command, meaning }) => ({ left: `provisioning ${command}`.padEnd(34), right: meaning })),
    80,
  );
}
