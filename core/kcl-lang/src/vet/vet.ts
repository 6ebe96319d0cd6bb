/** Do data files fit a schema? Findings stand in the data, and name what demands it in the schema. */
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { placeOf } from "../diagnostics/place.js";
import type { KclHost } from "../packages/host.js";
import { createCache, mainPackage } from "../packages/load.js";
import { loadProgram, type Program, withSource } from "../program.js";
import { runProgram } from "../run.js";
import { resolveNamed } from "../semantics/resolve-type.js";
import { validateValue, type ValidationFinding } from "../validate.js";
import { dataExpression } from "./data-expression.js";
import { type DataDocument, type DataFormat, readDataFile } from "./data-file.js";

export interface VetRequest {
  readonly host: KclHost;
  /** Absolute paths of the files with the schema. */
  readonly schemaFiles: readonly string[];
  readonly packages?: Readonly<Record<string, string>>;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly vendorFolder?: string;
  /** Name, or `import_name.Name`. Default: the first schema of the files. */
  readonly schema?: string;
  /** The data also becomes a global of this name, and the statements of the schema's files run: their assertions may read it. */
  readonly attribute?: string;
  readonly data: readonly { readonly file: string; readonly text: string; readonly format?: DataFormat }[];
}

export interface VetFinding {
  /** File as given, and the document in it, from 0. */
  readonly file: string;
  readonly document: number;
  /** The part of the document: `servers[0].plan`; empty for the whole. */
  readonly path: string;
  readonly diagnostic: KclDiagnostic;
}

/** `ok: false`: the schema's files are at fault, and no data was looked at. */
export type VetResult =
  | {
      readonly ok: true;
      readonly schema: string | undefined;
      readonly documents: number;
      readonly findings: readonly VetFinding[];
    }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** A document that is a list is taken for a list of instances. Never throws for what files say. */
export function vetData(request: VetRequest): VetResult {
  const cache = createCache();
  const loaded = loadProgram({ ...request, files: request.schemaFiles, cache });
  // With an attribute the files may name it, and only the run with the data can tell whether they are right.
  const needed = request.attribute === undefined || request.schema !== undefined;
  if (!loaded.ok && needed) return loaded;
  const schema = loaded.ok ? (request.schema ?? firstSchema(loaded.program)) : undefined;
  const unknown = loaded.ok ? schemaProblem(loaded.program, schema, request) : undefined;
  if (unknown !== undefined) return { ok: false, diagnostics: [unknown] };

  const findings: VetFinding[] = [];
  let documents = 0;
  for (const { file, text, format } of request.data) {
    const data = readDataFile(file, text, format);
    const sources = new Map([...(loaded.ok ? loaded.program.sources : []), [file, text] as const]);
    const add = (document: number, path: string, finding: KclDiagnostic): void => {
      findings.push({ file, document, path, diagnostic: withSource(finding, sources) });
    };
    for (const finding of data.diagnostics) add(0, "", finding);
    for (const [index, document] of data.documents.entries()) {
      documents++;
      if (loaded.ok && schema !== undefined)
        for (const { path, finding } of vetDocument(loaded.program, schema, document)) add(index, path, finding);
      for (const finding of runWith({ ...request, cache }, file, text, document)) add(index, "", finding);
    }
  }
  return { ok: true, schema, documents, findings };
}

function firstSchema(program: Program): string | undefined {
  const { schemas } = program.symbols.packages.get(mainPackage)!;
  return [...schemas.values()].find(({ statement }) => statement.form === "schema")?.name;
}

function schemaProblem(program: Program, schema: string | undefined, request: VetRequest): KclDiagnostic | undefined {
  const main = program.symbols.packages.get(mainPackage)!;
  const file = program.mainFiles[0] ?? "";
  const at = placeOf(file, 1, 1);
  if (schema === undefined)
    return request.attribute === undefined
      ? diagnostic(kinds.compile, "there is no schema in the file", at, { caret: false })
      : undefined;
  const type = resolveNamed(program.symbols, main, file, schema.split("."));
  if (type?.kind === "schema") return undefined;
  const names = [...main.schemas.keys()].join(", ");
  const suggestions = names === "" ? [] : [`it has ${names}`];
  return diagnostic(kinds.compile, `there is no schema '${schema}'`, at, { caret: false, suggestions });
}

function vetDocument(program: Program, schema: string, document: DataDocument): { path: string; finding: KclDiagnostic }[] {
  const { value } = document;
  const items = Array.isArray(value) ? value.map((item, index) => ({ item, prefix: [index] })) : [{ item: value, prefix: [] }];
  return items.flatMap(({ item, prefix }) =>
    validateValue(program, schema, item).map((found) => {
      const path = [...prefix, ...found.path];
      return { path: pathText(path), finding: toDiagnostic({ ...found, path }, document) };
    }),
  );
}

const kindOf = { type: kinds.type, required: kinds.evaluation, unknown: kinds.compile, check: kinds.evaluation } as const;

function toDiagnostic(found: ValidationFinding, document: DataDocument): KclDiagnostic {
  const at = document.placeOf(found.path, found.kind === "unknown" ? "key" : "value");
  const reason = { type: "the type is declared here", required: "it is declared here", unknown: "the schema is declared here" };
  const message = found.kind === "check" ? "the check is here" : reason[found.kind];
  const secondary =
    found.demandedAt === undefined ? [] : [{ message, position: found.demandedAt, caret: found.kind !== "check" }];
  return diagnostic(kindOf[found.kind], found.message, at, { secondary });
}

/** What the files' own statements say about the data. */
function runWith(
  request: VetRequest & { readonly cache: ReturnType<typeof createCache> },
  file: string,
  text: string,
  document: DataDocument,
): readonly KclDiagnostic[] {
  if (request.attribute === undefined) return [];
  const override = {
    text,
    name: request.attribute,
    steps: [],
    operator: "=",
    value: dataExpression(document),
    at: placeOf(file, 1, 1),
  } as const;
  const loaded = loadProgram({ ...request, files: request.schemaFiles, overrides: [override] });
  if (!loaded.ok) return loaded.diagnostics;
  const result = runProgram(loaded.program);
  return result.ok ? [] : result.diagnostics;
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");
}
