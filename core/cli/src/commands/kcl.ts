/** Commands on KCL files: run, fmt, lint, test, vet, doc. They need no workspace. */

import { command, group } from "../command/command.js";
import { onOff, outputFlag, outputLetter, strictFlag, text } from "./flags.js";
import type { DocumentFlags } from "./kcl/document.js";
import type { FormatFlags } from "./kcl/format.js";
import type { LintFlags } from "./kcl/lint.js";
import type { RunFlags } from "./kcl/run.js";
import type { TestFlags } from "./kcl/test.js";
import type { VetFlags } from "./kcl/vet.js";

/** A flag that may be given several times. */
function texts(placeholder: string, brief: string) {
  return { kind: "parsed", parse: text, variadic: true, optional: true, placeholder, brief } as const;
}

function words(placeholder: string, brief: string) {
  return { kind: "array", parameter: { brief, placeholder, parse: text } } as const;
}

const runCommand = command<RunFlags, string[]>({
  name: "run",
  brief: "Evaluate KCL files and print the result",
  details:
    "Takes the words of KCL's own command: one option may have several values, and long options may be written with _. import provisioning.settings finds the schemas of this platform, KCL_PKG_PATH names a folder of other packages. The result and what print() writes go to stdout, findings to stderr; the exit code is 1 after an error.",
  examples: [
    ["kcl run main.k", "one file"],
    ["kcl run base.k prod.k -D env=prod", "several files together, with an argument"],
    ["kcl run", "the package of this folder"],
    ["kcl run main.k -O 'app.replicas=3'", "with a variable changed"],
    ["kcl run main.k -S app.ports -f json", "a part of the result"],
  ],
  loader: async () => (await import("./kcl/run.js")).run,
  parameters: {
    flags: {
      setting: texts("file", "Settings file, in the place of kcl.yaml; several are merged in order"),
      argument: texts("key=value", 'What option("key") answers'),
      pathSelector: texts("path", "Show only this part of the result: app.ports.0"),
      overrides: texts("change", "Change a variable before the run: path=value, path:value, path+=value, path-"),
      external: texts("name=path", "Where the package of an import is"),
      output: { kind: "parsed", parse: text, optional: true, placeholder: "file", brief: "Write the result to a file" },
      format: { kind: "enum", values: ["yaml", "json"], default: "yaml", brief: "Form of the result" },
      disableNone: onOff("Leave out what is None"),
      strictRangeCheck: onOff("Numbers of 32 instead of 64 bits"),
      debug: onOff("Add a backtrace to failures"),
      sortKeys: onOff("Sort keys"),
      showHidden: onOff("Show names that begin with _ too (also -H)"),
    },
    aliases: {
      Y: "setting",
      D: "argument",
      S: "pathSelector",
      O: "overrides",
      E: "external",
      o: "output",
      f: "format",
      n: "disableNone",
      r: "strictRangeCheck",
      d: "debug",
      k: "sortKeys",
    },
    positional: words("input", "Files and folders to run together; - is standard input; none: the package of this folder"),
  },
});

const formatCommand = command<FormatFlags, string[]>({
  name: "fmt",
  shortcuts: ["fmt"],
  brief: "Format KCL files",
  details: "Comments and literals stay as they are. A file with syntax errors is not touched: its findings are shown.",
  examples: [
    ["kcl fmt", "all *.k files here and below; prints those that it changed"],
    ["kcl fmt main.k lib", "one file and a folder"],
    ["kcl fmt --check", "for CI: tell, and write nothing"],
    ["kcl fmt - < main.k", "standard input to standard output"],
  ],
  loader: async () => (await import("./kcl/format.js")).format,
  parameters: {
    flags: { check: onOff("Write nothing; the exit code is 1 when a file is not formatted"), ...outputFlag },
    aliases: outputLetter,
    positional: words("path", "Files, and folders with all below them; - is standard input; default: this folder"),
  },
});

const lintCommand = command<LintFlags, string[]>({
  name: "lint",
  shortcuts: ["lint"],
  brief: "Look for mistakes in KCL files",
  details:
    "Errors are what the language refuses; warnings are what runs but is probably not meant, such as an import that nobody uses. The files of one folder are one package. Nothing is evaluated.",
  examples: [
    ["kcl lint", "all *.k files here and below"],
    ["kcl lint main.k lib", "one file and a folder"],
    ["kcl lint --strict", "for CI: exit code 4 for warnings"],
  ],
  loader: async () => (await import("./kcl/lint.js")).lint,
  parameters: {
    flags: { ...strictFlag, ...outputFlag },
    aliases: outputLetter,
    positional: words("path", "Files, and folders with all below them; default: this folder"),
  },
});

const documentCommand = command<DocumentFlags, [string?]>({
  name: "doc",
  brief: "Document the schemas of KCL files",
  examples: [
    ["kcl doc", "the packages here and below, as Markdown on stdout"],
    ["kcl doc schema.k -f json", "one file, as data"],
    ["kcl doc lib -o docs", "one page for each package, in docs"],
  ],
  loader: async () => (await import("./kcl/document.js")).document,
  parameters: {
    flags: {
      output: { kind: "parsed", parse: text, optional: true, placeholder: "folder", brief: "Write one file for each package" },
      format: { kind: "enum", values: ["md", "json"], default: "md", brief: "Markdown, or data" },
    },
    aliases: { o: "output", f: "format" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "A folder, with the packages below it, or a file; default: this folder",
          placeholder: "path",
          parse: text,
          optional: true,
        },
      ],
    },
  },
});

const testCommand = command<TestFlags, string[]>({
  name: "test",
  brief: "Run tests written in KCL",
  details:
    "A test is a lambda or a schema whose name begins with test_, in a file *_test.k. It fails when an assertion, a check or anything else in it fails. The other files of the folder belong to the same package.",
  examples: [
    ["kcl test", "all tests here and below"],
    ["kcl test lib --run port", "those in lib whose name has port in it"],
  ],
  loader: async () => (await import("./kcl/test.js")).test,
  parameters: {
    flags: {
      run: { kind: "parsed", parse: text, optional: true, placeholder: "regex", brief: "Only tests whose name it finds" },
      failFast: onOff("Stop after the first failure"),
      ...outputFlag,
    },
    aliases: outputLetter,
    positional: words("path", "Folders, with all below them, and files; default: this folder"),
  },
});

const vetCommand = command<VetFlags, string[]>({
  name: "vet",
  shortcuts: ["vet"],
  brief: "Check YAML and JSON files against a schema",
  details:
    "Every document of a YAML stream is checked; a list is taken for a list of instances. Findings name the line of the data and the line of the schema that demands it. The exit code is 1 when something does not fit.",
  examples: [
    ["kcl vet data.yaml schema.k", "against the first schema of the file"],
    ["kcl vet *.json schema.k -s User", "several files, another schema"],
  ],
  loader: async () => (await import("./kcl/vet.js")).vet,
  parameters: {
    flags: {
      schema: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "name",
        brief: "Schema to check against; default: the first",
      },
      attributeName: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "name",
        brief: "Also run the files' own assertions, with the data as a variable of this name",
      },
      format: {
        kind: "enum",
        values: ["yaml", "json"],
        optional: true,
        brief: "Format of the data; default: by the name of the file",
      },
      ...outputFlag,
    },
    aliases: { ...outputLetter, s: "schema", n: "attributeName", a: "attributeName", f: "format" },
    positional: words("file", "Data files (YAML, JSON, - for standard input) and the .k files with the schema"),
  },
});

export const kclGroup = group({
  name: "kcl",
  aliases: ["k"],
  brief: "The KCL language, for any KCL file",
  commands: [runCommand, formatCommand, lintCommand, testCommand, vetCommand, documentCommand],
});
