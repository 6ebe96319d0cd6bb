/** What the set-up scripts tell the person in front of them: one line per thing done, with its duration. */

const isTerminal = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (code, text) => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);

export const say = (text) => process.stderr.write(`${text}\n`);
export const sayHeading = (text) => say(`\n${paint("1", text)}`);
export const sayFailure = (text) => say(`${paint("31", "✗")} ${text}`);

/** Runs `work`, and tells its name before and its duration after. */
export async function step(title, work) {
  const started = performance.now();
  say(`${paint("36", "▸")} ${title}`);
  const result = await work();
  say(`${paint("32", "✓")} ${title} ${paint("2", `(${((performance.now() - started) / 1000).toFixed(1)} s)`)}`);
  return result;
}

/** A failure whose text is enough; no stack is shown. */
export class SetupError extends Error {}

/** Runs the main function of a script and turns its failure into an exit code. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    sayFailure(error instanceof SetupError ? error.message : (error?.stack ?? String(error)));
    process.exitCode = 1;
  }
}
