/** Text from elsewhere (names, output of servers) as it may be shown: what would steer the terminal is written out instead. */

/** C0 and C1 without tab and line feed, and what reverses the direction of writing. */
const STEERING = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;
const ESCAPE = String.fromCharCode(27);
const ALL = new RegExp(STEERING, "g");
const ALL_BUT_COLOURS = new RegExp(String.raw`${ESCAPE}\[[0-9;]*m|${STEERING}`, "g");

/** `colours`: leave colours in, because we make them ourselves. */
export function printable(text: string, colours: boolean): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(colours ? ALL_BUT_COLOURS : ALL, (found) => (found.length > 1 ? found : `\\u${hex(found.charCodeAt(0))}`));
}

function hex(code: number): string {
  return code.toString(16).padStart(4, "0");
}
