/** From a loaded program to the documentation of its main package. */
import type { Program } from "../program.js";
import type { AttributeSymbol, SchemaSymbol } from "../semantics/symbols.js";
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
        for (const attribute of source.attributes.values()) {
          if (attribute.name.startsWith("_") || found.has(attribute.name)) continue;
          found.set(attribute.name, this.documentAttribute(attribute, source === schema ? undefined : source));
        }
      }
    }
    return [...found.values()];
  }

  private documentAttribute(attribute: AttributeSymbol, from: SchemaSymbol | undefined): AttributeDocument {
    const { statement } = attribute;
    const [, type, initial] =
      statement === undefined ? [] : this.excerptsOf(statement.at.file).pieces(statement.at, attributeWords);
    const deprecated = deprecation(statement?.decorators ?? []);
    return {
      name: attribute.name,
      type: type?.text ?? typeText(attribute.type),
      required: !attribute.optional && !attribute.hasValue,
      ...(initial !== undefined && { default: initial.text }),
      description: this.documentationOf(attribute.owner).attributes.get(attribute.name) ?? "",
      ...(deprecated !== undefined && { deprecated }),
      ...(from !== undefined && { from: from.name }),
    };
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

function pathText(expression: Expression): string {
  if (expression.kind === "selector") return `${pathText(expression.value)}.${expression.name}`;
  return expression.kind === "name" ? expression.name : "";
}
