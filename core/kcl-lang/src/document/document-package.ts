/** From a loaded program to the documentation of its main package. */
import type { Program } from "../program.js";
import type { AttributeSymbol, SchemaSymbol } from "../semantics/symbols.js";
import { findAttribute } from "../semantics/attribute-index.js";
import { lineage } from "../semantics/symbols.js";
import { typeText } from "../semantics/types.js";
import type { Check, Decorator, Expression, IndexSignature } from "../syntax/ast.js";
import { openStringToken } from "../syntax/string-literal.js";
import { type Documentation, readDocumentation } from "./documentation.js";
import { Excerpts } from "./excerpt.js";
import type { AttributeDocument, CheckDocument, FileDocument, PackageDocument, SchemaDocument } from "./package-document.js";

/** Documents the schemas, mixins, protocols and rules of the main files. The same program gives the same document. */
export function documentPackage(program: Program): PackageDocument {
  return new Documenter(program).document();
}

class Documenter {
  private readonly excerpts = new Map<string, Excerpts>();
  private readonly documentations = new Map<SchemaSymbol, Documentation>();

  private readonly texts = new Map<AttributeSymbol, Pick<AttributeDocument, "type" | "default">>();

  constructor(private readonly program: Program) {}

  document(): PackageDocument {
    const packages = [...this.program.symbols.packages.values()];
    const schemas = packages.flatMap((pkg) => [...pkg.schemas.values()]);
    return { files: this.program.mainFiles.map((file) => this.documentFile(file, schemas)) };
  }

  private documentFile(file: string, schemas: readonly SchemaSymbol[]): FileDocument {
    const text = this.excerptsOf(file).documentation;
    return {
      path: pathBelow(this.program.moduleRoot, file),
      description: text === undefined ? "" : readDocumentation(openStringToken(text).body).description,
      schemas: schemas
        .filter((schema) => schema.statement.at.file === file)
        .sort((a, b) => a.statement.at.line - b.statement.at.line)
        .map((schema) => this.documentSchema(schema)),
    };
  }

  private documentSchema(schema: SchemaSymbol): SchemaDocument {
    const { statement } = schema;
    const { description, examples, sections } = this.documentationOf(schema);
    const deprecated = deprecation(statement.decorators);
    const signature = statement.indexSignature;
    return {
      name: schema.name,
      form: statement.form,
      line: statement.at.line,
      description,
      ...(deprecated !== undefined && { deprecated }),
      parameters: statement.parameters.map((parameter) => this.parameterText(parameter.at)),
      ...(statement.parent && { parent: pathText(statement.parent) }),
      mixins: statement.mixins.map(pathText),
      ...(statement.host && { host: pathText(statement.host) }),
      attributes: this.attributesOf(schema),
      ...(signature && { indexSignature: this.signatureText(signature) }),
      checks: statement.checks.map((check) => this.documentCheck(check)),
      examples,
      sections,
    };
  }

  private attributesOf(schema: SchemaSymbol): AttributeDocument[] {
    const found = new Map<string, AttributeDocument>();
    for (const one of lineage(schema)) {
      for (const source of [one, ...one.mixins]) {
        for (const { name, hasValue } of source.attributes.values()) {
          if (name.startsWith("_") || found.has(name)) continue;
          const declared = findAttribute(schema, name)!;
          const document = this.documentAttribute(declared, declared.owner === schema ? undefined : declared.owner);
          found.set(name, { ...document, required: document.required && !hasValue });
        }
      }
    }
    return [...found.values()];
  }

  private documentAttribute(attribute: AttributeSymbol, from: SchemaSymbol | undefined): AttributeDocument {
    const deprecated = deprecation(attribute.statement?.decorators ?? []);
    return {
      name: attribute.name,
      ...this.typeAndDefault(attribute),
      required: !attribute.optional && !attribute.hasValue && !isSingleLiteral(attribute),
      description: this.documentationOf(attribute.owner).attributes.get(attribute.name) ?? "",
      ...(deprecated !== undefined && { deprecated }),
      ...(from !== undefined && { from: from.name }),
    };
  }

  /** Inherited attributes are shown with every descendant; their text is read once. */
  private typeAndDefault(attribute: AttributeSymbol): Pick<AttributeDocument, "type" | "default"> {
    const known = this.texts.get(attribute) ?? this.readTypeAndDefault(attribute);
    this.texts.set(attribute, known);
    return known;
  }

  private readTypeAndDefault(attribute: AttributeSymbol): Pick<AttributeDocument, "type" | "default"> {
    const { statement } = attribute;
    if (statement === undefined) return { type: typeText(attribute.type) };
    const [, type, initial] = this.excerptsOf(statement.at.file).pieces(statement.at, attributeWords);
    if (statement.value === undefined && attribute.hasValue) return { type: typeText(attribute.type), default: type?.text ?? "" };
    const value = initial ?? (isSingleLiteral(attribute) ? type : undefined);
    return { type: type?.text ?? "", ...(value && { default: value.text }) };
  }

  private documentCheck(check: Check): CheckDocument {
    const pieces = this.excerptsOf(check.at.file).pieces(check.at, ["if", ","]);
    const behind = (word: string): string | undefined => pieces.find((piece) => piece.word === word)?.text;
    const [condition, message] = [behind("if"), check.message?.kind === "string" ? check.message.value : behind(",")];
    return {
      test: pieces[0]?.text ?? "",
      ...(condition !== undefined && { condition }),
      ...(message !== undefined && { message }),
    };
  }

  private signatureText(signature: IndexSignature): NonNullable<SchemaDocument["indexSignature"]> {
    const [key, type, initial] = this.excerptsOf(signature.at.file).pieces(signature.at, [":", "="]);
    return { key: key?.text ?? "", type: type?.text ?? "", ...(initial && { default: initial.text }) };
  }

  private parameterText(at: Expression["at"]): string {
    return this.excerptsOf(at.file).pieces(at, [","])[0]?.text ?? "";
  }

  private documentationOf(schema: SchemaSymbol): Documentation {
    const known = this.documentations.get(schema) ?? readDocumentation(schema.statement.documentation ?? "");
    this.documentations.set(schema, known);
    return known;
  }

  private excerptsOf(file: string): Excerpts {
    const known = this.excerpts.get(file) ?? new Excerpts(file, this.program.sources.get(file) ?? "");
    this.excerpts.set(file, known);
    return known;
  }
}

function pathBelow(folder: string, path: string): string {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

const attributeWords = [":", "=", "|=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", "<<=", ">>=", "&=", "^="];

/** What `@deprecated` says: `version` and `reason`. */
function deprecation(decorators: readonly Decorator[]): string | undefined {
  const found = decorators.find((decorator) => decorator.name === "deprecated");
  if (found === undefined) return undefined;
  const text = (name: string): string => {
    const value = found.keywords.find((keyword) => keyword.name === name)?.value;
    return value?.kind === "string" ? value.value : "";
  };
  const [version, reason] = [text("version"), text("reason")];
  return [version && `since version ${version}`, reason].filter((part) => part !== "").join(": ");
}

/** A type of one literal value is its own default. */
function isSingleLiteral({ statement }: AttributeSymbol): boolean {
  return statement?.type.kind === "literalType";
}

function pathText(expression: Expression): string {
  if (expression.kind === "selector") return `${pathText(expression.value)}.${expression.name}`;
  return expression.kind === "name" ? expression.name : "";
}
