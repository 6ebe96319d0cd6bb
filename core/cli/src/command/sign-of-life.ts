/**
 * A sign on the terminal that the command has begun, before its code is loaded. It goes away with the first thing that is written. Only for
 * commands that look at servers: the others are done before anybody wonders.
 */

import { type CliContext, type OutputStream, withFields } from "../cli-context.js";
import type { Command } from "./command.js";
import { withParts } from "./process-view.js";

export function withSignOfLife(cli: CliContext, command: Command): CliContext {
  const { stderr, stdout, env } = cli.process;
  const isWanted =
    stderr.isTTY === true && "infra" in command.flags && env.TERM !== "dumb" && !env.CI && !cli.view.plain && !cli.view.quiet;
  if (!isWanted) return cli;
  let isShown = true;
  const clear = () => {
    if (isShown) stderr.write("\r\u001b[2K");
    isShown = false;
  };
  stderr.write("…");
  return withFields(cli, {
    process: withParts(cli.process, { stdout: clearing(stdout, clear), stderr: clearing(stderr, clear) }),
  });
}

function clearing(stream: OutputStream, clear: () => void): OutputStream {
  return {
    write(text) {
      clear();
      stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns as number;
    },
    get rows() {
      return stream.rows as number;
    },
  };
}
