/** `workspace init | list | switch | current | remove`. */

import { invoke, type WorkspaceInfo } from "@provisioning/actions";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { type OutputFormat, writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { sayOnlyShown } from "../../views/only-shown.js";
import { renderTable, widthOf } from "../../views/table.js";
import { checkInput } from "../flags.js";

interface Flags {
  readonly output: OutputFormat;
  readonly workspace?: string;
  readonly debug?: boolean;
  readonly check?: boolean;
}

export async function init(
  this: CliContext,
  flags: Flags & { readonly dir?: string; readonly from?: string },
  name: string,
): Promise<void> {
  await runAction(this, flags, async (context) => {
    const made = await invoke("workspace.create", context, {
      name,
      ...(flags.dir === undefined ? {} : { dir: flags.dir }),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...checkInput(flags),
    });
    await writeResult(this, flags.output, made, () =>
      [
        flags.check === true
          ? `Would make the workspace ${made.name} at ${made.path}, as the active one.`
          : `Made the workspace ${made.name} at ${made.path}; it is the active one now.`,
        ...made.files.map((file) => `  ${file}`),
        ...(flags.check === true ? [] : ["", "Next: look at infra/, then run: provisioning plan"]),
      ].join("\n"),
    );
    return EXIT.ok;
  });
}

export async function list(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const known = await invoke("workspace.list", context, {});
    await writeResult(this, flags.output, known, () => renderWorkspaces(known, widthOf(this.process.stdout)));
    return EXIT.ok;
  });
}

function renderWorkspaces(known: readonly WorkspaceInfo[], width?: number): string {
  if (known.length === 0) return "There are no workspaces yet. Make one with: provisioning workspace init <name>";
  const table = renderTable(
    known,
    [
      { title: "", cell: (item) => (item.active ? "*" : "") },
      { title: "NAME", cell: (item) => item.name },
      { title: "LAST USED", cell: (item) => item.lastUsed ?? "-" },
      { title: "PATH", cell: (item) => `${item.path}${item.presence === "there" ? "" : `  (${ABSENCE[item.presence]})`}` },
    ],
    width,
  );
  const isMissing = known.some(({ presence }) => presence === "missing");
  return isMissing ? `${table}\n\nForget those that are gone: provisioning workspace remove --missing` : table;
}

const ABSENCE = { missing: "moved or deleted", foreign: "no workspace any more" } as const;

export async function switchTo(this: CliContext, flags: Flags, name: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    await show(this, flags, await invoke("workspace.switch", context, { name, ...checkInput(flags) }));
    if (flags.check === true) sayOnlyShown(this);
    return EXIT.ok;
  });
}

export async function current(this: CliContext, flags: Flags): Promise<void> {
  await runAction(this, flags, async (context) => show(this, flags, await invoke("workspace.current", context, {})));
}

export async function remove(this: CliContext, flags: Flags & { readonly missing?: boolean }, name?: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { removed } = await invoke("workspace.forget", context, {
      ...(name === undefined ? {} : { name }),
      ...(flags.missing === undefined ? {} : { missing: flags.missing }),
      ...checkInput(flags),
    });
    const became = flags.check === true ? "Would be taken from the list" : "No longer in the list";
    await writeResult(this, flags.output, { removed }, () =>
      removed.length === 0 ? "No workspace is missing." : `${became}: ${removed.join(", ")}. Folders stay.`,
    );
    return EXIT.ok;
  });
}

async function show(cli: CliContext, flags: Flags, info: WorkspaceInfo) {
  await writeResult(cli, flags.output, info, () => `${info.name}  ${info.path}`);
  return EXIT.ok;
}
