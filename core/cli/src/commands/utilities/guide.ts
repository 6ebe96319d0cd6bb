/** `guide`: the guides of the documentation in the terminal. Tests run every command of them. */

import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearest, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { exitCodeOf } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { page } from "../../pager.js";
import { styleFor } from "../../style.js";
import { renderMarkdown } from "../../views/markdown.js";
import { renderTable, widthOf } from "../../views/table.js";
import { writeError } from "../../views/write-error.js";
import type { OutputFlags } from "../flags.js";

const FOLDER = "docs/user/guides";
const WIDTH = 80;

export async function guide(this: CliContext, flags: OutputFlags, name?: string): Promise<void> {
  const folder = join(this.platformRoot, FOLDER);
  const known = (await readdir(folder)).flatMap((file) => (file.endsWith(".md") ? [file.slice(0, -3)] : [])).sort();
  if (name === undefined) return list(this, flags, folder, known);
  if (!known.includes(name)) {
    const error = unknownGuide(name, known);
    writeError(this, error);
    this.process.exitCode = exitCodeOf(error);
    return;
  }
  const text = await readFile(join(folder, `${name}.md`), "utf8");
  const { stdout, env } = this.process;
  if (flags.output === "json" || flags.output === "yaml") return writeResult(this, flags.output, { name, text }, () => text);
  if (flags.output === "table" && !this.view.plain && stdout.isTTY === true && showElsewhere(join(folder, `${name}.md`), env))
    return;
  const width = Math.min(stdout.columns ?? WIDTH, 100);
  await page(this, renderMarkdown(text, styleFor(stdout, env), width));
}

async function list(cli: CliContext, flags: OutputFlags, folder: string, known: readonly string[]): Promise<void> {
  const guides = await Promise.all(
    known.map(async (name) => ({
      name,
      title: /^# (.*)$/m.exec(await readFile(join(folder, `${name}.md`), "utf8"))?.[1] ?? name,
    })),
  );
  await writeResult(cli, flags.output, guides, () =>
    renderTable(
      guides,
      [
        { title: "GUIDE", cell: (item) => item.name },
        { title: "WHAT IT IS ABOUT", cell: (item) => item.title },
      ],
      widthOf(cli.process.stdout),
    ),
  );
}

/** Whoever has a viewer of Markdown reads it there, unless they have a pager of their own. */
function showElsewhere(file: string, env: NodeJS.ProcessEnv): boolean {
  if (env.PAGER !== undefined || env.TERM === "dumb" || env.NO_COLOR !== undefined) return false;
  return [
    ["glow", "-p", file],
    ["bat", "--style=plain", "--language=md", file],
  ].some(([program = "", ...words]) => spawnSync(program, words, { stdio: "inherit", env }).status === 0);
}

function unknownGuide(name: string, known: readonly string[]): ProvisioningError {
  const meant = nearest(name, known);
  return new ProvisioningError({
    code: "GUIDE_UNKNOWN",
    message: "There is no such guide.",
    hint: meant === undefined ? `There are: ${known.join(", ")}.` : `Did you mean: provisioning guide ${meant}`,
  });
}
