/** `version`. */

import type { CliContext } from "../../cli-context.js";
import { type OutputFormat, writeResult } from "../../output.js";

export async function version(this: CliContext, flags: { readonly output: OutputFormat }): Promise<void> {
  const value = { version: this.version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  await writeResult(this, flags.output, value, () => `provisioning ${value.version} (Node ${value.node}, ${value.platform})`);
}
