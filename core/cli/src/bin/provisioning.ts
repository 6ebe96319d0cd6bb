/** The process: gathers what surrounds the command line and runs what was typed. */

import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runWords } from "../command/run.js";
import { VERSION } from "../version.js";
import { heedClosedPipes } from "./closed-pipes.js";

/** The bundle is in core/cli/bundle. */
const platformRoot = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

heedClosedPipes(process.stdout, process.stderr, (code) => process.exit(code));
void runWords(
  { process, stdin: process.stdin, currentDir: process.cwd(), platformRoot, version: VERSION },
  process.argv.slice(2),
  { isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false },
);
