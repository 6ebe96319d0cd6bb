/** `kcl run`: what the language says goes out as it is, so that it can stand in for KCL's own command. */

import { invoke } from "@provisioning/actions";
import type { CliContext, OutputStream } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { printable } from "../../views/printable.js";
import { given, runKclAction, standardInput } from "./run-kcl-action.js";

export interface RunFlags {
  readonly setting?: readonly string[];
  readonly argument?: readonly string[];
  readonly pathSelector?: readonly string[];
  readonly overrides?: readonly string[];
  readonly external?: readonly string[];
  readonly output?: string;
  readonly format: "yaml" | "json";
  readonly disableNone?: boolean;
  readonly strictRangeCheck?: boolean;
  readonly debug?: boolean;
  readonly sortKeys?: boolean;
  readonly showHidden?: boolean;
}

export async function run(this: CliContext, flags: RunFlags, ...inputs: string[]): Promise<void> {
  const { setting = [], argument = [], pathSelector = [], overrides = [], external = [], ...options } = flags;
  await runKclAction(this, async (context) => {
    const report = await invoke("kcl.run", context, {
      ...given(options),
      inputs,
      ...(await standardInput(this, inputs)),
      settingFiles: setting,
      arguments: argument,
      pathSelectors: pathSelector,
      overrides,
      externalPackages: external,
      mayUseMachine: true,
    });
    this.process.stdout.write(report.written === undefined ? report.log + report.text : report.log);
    if (report.error !== "") this.process.stderr.write(shown(report.error, this.process.stderr));
    return report.ok ? EXIT.ok : EXIT.failure;
  });
}

/** A terminal is not to be steered by what stands in a file. */
function shown(text: string, stream: OutputStream): string {
  return stream.isTTY === true ? printable(text, false) : text;
}
