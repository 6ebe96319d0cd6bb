/** `explain`: what the reference of errors says about a code. The page is part of the installation, so text and page cannot differ. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearest, ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT, exitCodeOf } from "../../exit-codes.js";
import { wrap } from "../../help/lines.js";
import { writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderTable, widthOf } from "../../views/table.js";
import { writeError } from "../../views/write-error.js";
import type { OutputFlags } from "../flags.js";
import { EXAMPLES_PAGE, type Explanation, PAGE, readErrorsPage } from "./errors-page.js";

const WIDTH = 80;

export async function explain(this: CliContext, flags: OutputFlags, code?: string): Promise<void> {
  const [page, examples] = await Promise.all(
    [PAGE, EXAMPLES_PAGE].map((file) => readFile(join(this.platformRoot, file), "utf8")),
  );
  const known = readErrorsPage(page as string, examples);
  if (code === undefined) {
    const columns = [
      { title: "CODE", cell: (item: Explanation) => item.code },
      { title: "WHEN", cell: (item: Explanation) => item.cause },
    ];
    await writeResult(this, flags.output, known, () => renderTable(known, columns, widthOf(this.process.stdout)));
    return;
  }
  const wanted = code.toUpperCase();
  const found = known.find((item) => item.code === wanted || item.code === `KCL_${wanted}`);
  if (found === undefined) {
    const error = unknownCode(code, known);
    writeError(this, error);
    this.process.exitCode = exitCodeOf(error);
    return;
  }
  const style = styleFor(this.process.stdout, this.process.env);
  await writeResult(this, flags.output, found, () =>
    [
      `${style.bold(found.code)}  ${style.dim(found.section)}`,
      "",
      ...wrap(found.cause, WIDTH),
      ...(found.fix === undefined ? [] : ["", ...wrap(`→ ${found.fix}`, WIDTH)]),
      ...(found.example === undefined
        ? []
        : ["", style.dim("Example"), ...found.example.split("\n").map((line) => (line === "" ? "" : `  ${line}`))]),
      "",
      style.dim(`Documentation: ${PAGE}#${anchorOf(found.section)}`),
    ].join("\n"),
  );
  this.process.exitCode = EXIT.ok;
}

/** As viewers of Markdown name headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

function unknownCode(code: string, known: readonly Explanation[]): ProvisioningError {
  const meant = nearest(
    code.toUpperCase(),
    known.map((item) => item.code),
  );
  return new ProvisioningError({
    code: "ERROR_CODE_UNKNOWN",
    message: "There is no such code of an error.",
    hint: meant === undefined ? "List them with: provisioning explain" : `Did you mean: provisioning explain ${meant}`,
  });
}
