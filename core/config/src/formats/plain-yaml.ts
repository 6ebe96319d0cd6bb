/**
 * The YAML that most configuration files consist of: maps of maps, with plain values. Read without the parser, which takes longer to load
 * than everything else that a short command does. Whatever is not certain to mean the same gives nothing, and the parser decides.
 */

import type { SourcePosition } from "@provisioning/model";
import type { ParsedFile } from "./parse-layer.js";

const BLANK = /^ *(?:#.*)?$/;
const LINE = /^( *)([A-Za-z_][\w-]*):(?: +(\S.*?))?(?: +#.*| *)$/;
const WHOLE = /^-?(?:0|[1-9]\d{0,14})$/;
/** A letter or a slash first, so that it is no number, and nothing that could mean more than itself. */
const WORD = /^[A-Za-z/](?:[\w./:@-]*[\w./@-])?$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')$/;
const NAMED: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
]);

interface Open {
  readonly indent: number;
  readonly path: string;
}

/** Nothing when the text is more than this. */
export function parsePlainYaml(file: string, text: string): ParsedFile | undefined {
  const values = new Map<string, unknown>();
  const positions = new Map<string, SourcePosition>();
  const open: Open[] = [{ indent: 0, path: "" }];
  /** A key whose value may be a map in the lines that follow. */
  let waiting: Open | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (BLANK.test(line)) continue;
    const [, spaces, key, written] = LINE.exec(line) ?? [];
    if (spaces === undefined || key === undefined) return undefined;
    const indent = spaces.length;
    if (waiting !== undefined && indent > waiting.indent) open.push({ indent, path: waiting.path });
    waiting = undefined;
    while (open.length > 1 && (open.at(-1) as Open).indent > indent) open.pop();
    const within = open.at(-1) as Open;
    if (within.indent !== indent) return undefined;
    const path = within.path === "" ? key : `${within.path}.${key}`;
    if (positions.has(path)) return undefined;
    positions.set(path, { file, line: index + 1, column: indent + 1 });
    const value = written === undefined ? null : scalar(written);
    if (value === undefined) return undefined;
    values.set(path, value);
    if (written === undefined) waiting = { indent, path };
    // What has keys below it is a section.
    values.delete(within.path);
  }
  return { values, positions };
}

/** `undefined` when it may be anything else. */
function scalar(written: string): unknown {
  if (WHOLE.test(written)) return Number(written);
  if (NAMED.has(written)) return NAMED.get(written);
  if (WORD.test(written) || MOMENT.test(written)) return written;
  const quoted = QUOTED.exec(written);
  return quoted === null ? undefined : (quoted[1] ?? quoted[2]);
}
