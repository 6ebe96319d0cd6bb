/** Watches the arguments of all processes of a server: what stands there can be read by every user. */

import type { TestServer } from "@provisioning/extension-sdk/testing";

/** Polls without pause, so it sees nearly every process that lives longer than a few milliseconds. */
const WATCH = [
  "rm -f /run/watch-stop; : >/run/watch-seen",
  "while [ ! -e /run/watch-stop ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >>/run/watch-seen; done",
].join("\n");

/** Runs something and tells whether a text was among the arguments of any process meanwhile, and whether `control` was (it should). */
export async function argumentsSeen(machine: TestServer, text: string, control: string, action: () => Promise<unknown>) {
  const watching = machine.exec("sh", "-c", WATCH);
  try {
    await action();
  } finally {
    await machine.exec("touch", "/run/watch-stop");
    await watching;
  }
  const seen = await machine.exec("cat", "/run/watch-seen");
  await machine.exec("rm", "-f", "/run/watch-seen", "/run/watch-stop");
  return { text: seen.includes(text), control: seen.includes(control) };
}
