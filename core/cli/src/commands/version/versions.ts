/** `version list | check | lock | upgrade`. */

import { invoke } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderChecks, renderLock, renderUpgrades, renderVersions } from "../../views/versions.js";
import type { ShownFlags } from "../flags.js";
import type { AskedFlags, InstalledFlags, LockFlags } from "../version.js";

export async function list(this: CliContext, flags: ShownFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const entries = await invoke("version.list", context, {});
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, entries, () => renderVersions(entries, style));
    return EXIT.ok;
  });
}

export async function check(this: CliContext, flags: AskedFlags, ...names: string[]): Promise<void> {
  await runAction(this, flags, async (context) => {
    const checks = await invoke("version.check", context, { ...named(names), ...asked(flags) });
    const style = styleFor(this.process.stdout, this.process.env);
    await writeResult(this, flags.output, checks, () => renderChecks(checks, style));
    return checks.some(({ problem }) => problem !== undefined) ? EXIT.failure : EXIT.ok;
  });
}

export async function lock(this: CliContext, flags: LockFlags & InstalledFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const locked = await invoke("version.lock", context, {
      ...checked(flags),
      ...(flags.installed === true ? { installed: true } : {}),
    });
    await writeResult(this, flags.output, locked, () => renderLock(locked));
    return EXIT.ok;
  });
}

export async function upgrade(this: CliContext, flags: AskedFlags & LockFlags, ...names: string[]): Promise<void> {
  await runAction(this, flags, async (context) => {
    const upgraded = await invoke("version.upgrade", context, { ...named(names), ...asked(flags), ...checked(flags) });
    await writeResult(this, flags.output, upgraded, () => renderUpgrades(upgraded));
    return upgraded.problems.length > 0 ? EXIT.failure : EXIT.ok;
  });
}

const named = (names: readonly string[]) => (names.length === 0 ? {} : { names });
const asked = ({ refresh }: AskedFlags) => (refresh === undefined ? {} : { refresh });
const checked = ({ check: only }: LockFlags) => (only === undefined ? {} : { check: only });
