/**
 * Colours and marks. Whether to colour is decided per stream: `NO_COLOR`, then `FORCE_COLOR` or `CLICOLOR_FORCE`, then whether
 * the stream is a terminal that is not `dumb`. Meaning never rests on colour alone: every state has a mark of its own.
 */

import { styleText } from "node:util";
import type { OutputStream } from "./cli-context.js";
import { widthOf } from "./views/table.js";

type Format = Parameters<typeof styleText>[0];

export interface Style {
  readonly colours: boolean;
  /** Columns of the terminal; absent where there is none, and nothing has to fit. */
  readonly width?: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

export function styleFor(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): Style {
  const colours = hasColours(stream, env);
  const format = (name: Format) => (text: string) => (colours ? styleText(name, text, { validateStream: false }) : text);
  const width = widthOf(stream);
  return {
    colours,
    ...(width === undefined ? {} : { width }),
    bold: format("bold"),
    dim: format("dim"),
    red: format("red"),
    green: format("green"),
    yellow: format("yellow"),
    cyan: format("cyan"),
  };
}

function hasColours(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR ?? env.CLICOLOR_FORCE;
  if (forced !== undefined) return forced !== "0" && forced !== "";
  return stream.isTTY === true && env.TERM !== "dumb";
}
