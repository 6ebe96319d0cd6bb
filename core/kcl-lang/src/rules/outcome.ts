/**
 * Examples of the language's rules, for tests: a program and what becomes of it, written as
 *
 *     === title | option option
 *     program
 *     --- other/file.k
 *     its text
 *     =>
 *     { "the": "result" }
 *
 * The result is JSON on one line, with what was printed before it as `> text`, and warnings as `? line code message`. For a program that is refused each finding is a line
 * `! line:column code message`; line ends inside a message are shown as ` / `. Options are those of a run that are true or false.
 */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import { createMemoryHost } from "../memory-host.js";
import { loadProgram } from "../program.js";
import { type RunOptions, runProgram } from "../run.js";

export interface Rule {
  readonly title: string;
  readonly options: RunOptions;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: string;
}

const folder = "/app";

export function readRules(text: string): Rule[] {
  return `\n${text}`
    .split(/\n=== /)
    .slice(1)
    .map(readRule);
}

function readRule(text: string): Rule {
  const end = text.indexOf("\n");
  const [title = "", words = ""] = text.slice(0, end).split(" | ");
  const [program = "", expected = ""] = text.slice(end + 1).split(/^=>$/m);
  const [main = "", ...others] = program.split(/^--- /m);
  const files = others.map((other): [string, string] => {
    const lineEnd = other.indexOf("\n");
    return [`${folder}/${other.slice(0, lineEnd).trim()}`, other.slice(lineEnd + 1)];
  });
  const options = Object.fromEntries(words.split(" ").flatMap((word) => (word === "" ? [] : [[word, true]])));
  return { title, options, files: { [`${folder}/main.k`]: main, ...Object.fromEntries(files) }, expected: expected.trim() };
}

/** What becomes of a rule's program, as the rule writes it. */
export function outcome(rule: Rule): string {
  const loaded = loadProgram({ host: createMemoryHost(rule.files), files: [`${folder}/main.k`] });
  if (!loaded.ok) return showFindings(loaded.diagnostics);
  const result = runProgram(loaded.program, rule.options);
  const printed = result.log.split("\n").flatMap((line) => (line === "" ? [] : [`> ${line}`]));
  const shown = result.ok ? result.toText("json").trim().replaceAll(/\n\s*/g, " ") : showFindings(result.diagnostics);
  const warnings = result.ok ? result.warnings.map((warning) => showFinding(warning).replace("!", "?")) : [];
  return [...printed, ...warnings, shown].join("\n");
}

function showFindings(findings: readonly KclDiagnostic[]): string {
  return findings.map(showFinding).join("\n");
}

function showFinding({ position, caret, code, message, secondary }: KclDiagnostic): string {
  const file = position.file === `${folder}/main.k` ? "" : `${position.file.slice(folder.length + 1)}:`;
  const where = `${file}${position.line}${caret === false ? "" : `:${position.column}`}`;
  const second = (secondary ?? []).map((one) => ` (${one.position.line}: ${one.message})`).join("");
  return `! ${where} ${code} ${message.replaceAll("\n", " / ")}${second}`.trimEnd();
}
