/** Results about KCL for people. Findings are shown as the language writes them. */

import { relative } from "node:path";
import type { KclFinding, KclFormatReport, KclLintReport, KclTestReport, KclVetReport } from "@provisioning/actions";
import type { Style } from "../style.js";

export function renderTests(report: KclTestReport, currentDir: string, style: Style): string {
  const lines: string[] = [];
  let file: string | undefined;
  for (const test of report.tests) {
    if (test.file !== file) lines.push(style.bold(relative(currentDir, test.file)));
    file = test.file;
    const mark = test.ok ? style.green("✓") : style.red("✗");
    lines.push(`  ${mark} ${test.name} ${style.dim(`(${Math.round(test.durationMs)} ms)`)}`);
    lines.push(...indented(test.log, style), ...(test.ok ? [] : texts(test.findings)));
  }
  for (const { folder, findings } of report.broken)
    lines.push(`${style.red("✗")} ${relative(currentDir, folder) || "."}: no test ran`, ...texts(findings));
  return [...lines, verdict(report, style)].join("\n");
}

function verdict({ tests, broken }: KclTestReport, style: Style): string {
  if (tests.length === 0 && broken.length === 0) return "There are no tests. Write lambdas named test_… in files named *_test.k.";
  const passed = tests.filter((test) => test.ok).length;
  const text = `${passed} of ${tests.length} ${tests.length === 1 ? "test" : "tests"} passed`;
  if (broken.length > 0)
    return style.red(`${text}; ${broken.length} ${broken.length === 1 ? "folder" : "folders"} could not be loaded`);
  return passed === tests.length ? style.green(text) : style.red(text);
}

/** What a test printed. */
function indented(log: string, style: Style): string[] {
  return log === ""
    ? []
    : log
        .trimEnd()
        .split("\n")
        .map((line) => style.dim(`    │ ${line}`));
}

/** The files that were written, one a line, as other tools want to read them; with `check` what to do. */
export function renderFormat(report: KclFormatReport, currentDir: string, isCheck: boolean, style: Style): string {
  const files = report.changed.map((file) => relative(currentDir, file));
  if (!isCheck) return files.join("\n");
  const count = `${files.length} of ${report.files} ${report.files === 1 ? "file is" : "files are"}`;
  return files.length === 0
    ? ""
    : [...files, style.red(`${count} not formatted; write them with: provisioning kcl fmt`)].join("\n");
}

export function renderLint({ findings, files }: KclLintReport, style: Style): string {
  const count = `${files} ${files === 1 ? "file" : "files"}`;
  if (findings.length === 0) return `${style.green("✓")} nothing to say about ${count}`;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const parts = [errors === 1 ? "1 error" : `${errors} errors`, warnings === 1 ? "1 warning" : `${warnings} warnings`];
  const mark = errors > 0 ? style.red("✗") : style.yellow("!");
  return [...texts(findings), `${mark} ${parts.join(" and ")} in ${count}`].join("\n");
}

export function renderVet(report: KclVetReport, style: Style): string {
  const { findings, documents, broken, schema } = report;
  if (broken.length > 0) return texts(broken).join("\n");
  const count = `${documents} ${documents === 1 ? "document" : "documents"}`;
  const what = schema === undefined ? "as demanded" : `as ${schema} demands`;
  if (report.ok) return `${style.green("✓")} ${count} ${what}`;
  const problems = `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  return [...texts(findings), `${style.red("✗")} ${problems} in ${count}`].join("\n");
}

export function renderFindingTexts(findings: readonly KclFinding[]): string {
  return texts(findings).join("\n");
}

function texts(findings: readonly KclFinding[]): string[] {
  return findings.map((finding) => finding.text);
}
