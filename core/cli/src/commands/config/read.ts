/** `config get | list | explain | validate | where | diff | schema`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT, isWarning, withWarnings } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import {
  renderAccessors,
  renderConfigFindings,
  renderDifferences,
  renderEntries,
  renderExplained,
  renderFiles,
  valueText,
} from "../../views/config.js";
import type { ListFlags, RawFlags, SchemaFlags } from "../config.js";
import type { ReadFlags, ShownFlags, StrictFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";
import { widthOf } from "../../views/table.js";

export async function get(this: CliContext, flags: RawFlags, key: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const entries = await invoke("config.get", context, { key, ...infraInput(flags) });
    await writeResult(this, flags.output, entries, () => {
      const [only] = entries;
      if (only?.key !== key) return renderEntries(entries, { raw: flags.raw === true, width: widthOf(this.process.stdout) });
      return valueText(flags.raw === true ? only.raw : only.value);
    });
    return EXIT.ok;
  });
}

export async function list(this: CliContext, flags: ListFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { changed = false, raw = false } = flags;
    const entries = await invoke("config.list", context, { changed, ...infraInput(flags) });
    await writeResult(this, flags.output, entries, () =>
      entries.length === 0
        ? "Everything is as the platform's defaults say."
        : renderEntries(entries, { raw, width: widthOf(this.process.stdout) }),
    );
    return EXIT.ok;
  });
}

export async function accessors(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const found = await invoke("config.accessors", context, {});
    await writeResult(this, flags.output, found, () => renderAccessors(found, widthOf(this.process.stdout)));
    return EXIT.ok;
  });
}

export async function explain(this: CliContext, flags: ReadFlags, key: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const explained = await invoke("config.explain", context, { key, ...infraInput(flags) });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, explained, () => renderExplained(explained, style));
    return EXIT.ok;
  });
}

/** Findings are a failed preflight, as when a command comes across them. */
export async function validate(this: CliContext, flags: ReadFlags & StrictFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const result = await invoke("config.validate", context, infraInput(flags));
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, result, () => renderConfigFindings(result, style));
    return withWarnings(result.ok ? EXIT.ok : EXIT.preflight, flags.strict, result.findings.some(isWarning));
  });
}

export async function where(this: CliContext, flags: ReadFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const files = await invoke("config.where", context, infraInput(flags));
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, files, () => renderFiles(files, style));
    return EXIT.ok;
  });
}

export async function diff(this: CliContext, flags: ReadFlags, from?: string, to?: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const sides = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const differences = await invoke("config.diff", context, { ...sides, ...infraInput(flags) });
    await writeResult(this, flags.output, differences, () =>
      differences.length === 0
        ? "There is no difference."
        : renderDifferences(differences, from ?? "defaults", to ?? "now", widthOf(this.process.stdout)),
    );
    return EXIT.ok;
  });
}

/** The schema as it is, that of JSON in JSON unless YAML is asked for: nothing may be added to it. */
export async function schema(this: CliContext, flags: SchemaFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    if (flags.format === "kcl") {
      this.process.stdout.write((await invoke("config.kclSchema", context, {})).text);
      return EXIT.ok;
    }
    const found = await invoke("config.schema", context, {});
    if (flags.output === "yaml") this.process.stdout.write((await import("yaml")).stringify(found, { lineWidth: 0 }));
    else this.process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return EXIT.ok;
  });
}
