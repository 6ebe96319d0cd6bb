/** Reads and parses the main files and, depth first, every package they import. */
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { joinUnifications } from "../semantics/join-unifications.js";
import { flatten, type PackageInput } from "../semantics/declare.js";
import type { ImportTarget } from "../semantics/symbols.js";
import type { ImportStatement, Module } from "../syntax/ast.js";
import { type ParseResult, parseModule } from "../syntax/parser.js";
import { applyOverrides } from "../overrides/apply-overrides.js";
import type { Override } from "../overrides/override.js";
import { confineHost } from "./confine.js";
import type { KclHost } from "./host.js";
import { type ExternalPackages, findExternalPackages } from "./dependencies.js";
import { joinPath } from "./paths.js";
import { usesOneOf } from "./meant-package.js";
import { findModuleRoot, locate, type Located, moduleName, type ModuleRoot, packageFiles } from "./locate.js";

/** Parsed files, to be shared by several loads. An entry is valid as long as the text of its file is the same. */
export interface KclCache {
  readonly modules: Map<string, { readonly source: string; readonly result: ParseResult<Module> }>;
}

export function createCache(): KclCache {
  return { modules: new Map() };
}

export interface LoadRequest {
  readonly host: KclHost;
  readonly files: readonly string[];
  readonly root?: string;
  readonly packages?: Readonly<Record<string, string>>;
  readonly vendorFolder?: string;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Changes to the main files, after parsing. */
  readonly overrides?: readonly Override[];
  readonly cache?: KclCache;
}

export interface LoadedSources {
  readonly packages: readonly PackageInput[];
  readonly mainFiles: readonly string[];
  readonly moduleRoot: string;
  /** The host without what the program may not use. */
  readonly host: KclHost;
  readonly external: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly KclDiagnostic[];
  /** A failure that stands alone, without place. */
  readonly failure: string | undefined;
}

export const mainPackage = "__main__";

export function loadSources(request: LoadRequest): LoadedSources {
  return new Loader(request).load();
}

interface OpenPackage {
  readonly path: string;
  readonly name: string;
  readonly importedBy: ImportStatement | undefined;
}

class Loader {
  private readonly sources = new Map<string, string>();
  private readonly packages = new Map<string, PackageInput>();
  private readonly syntax: KclDiagnostic[] = [];
  private readonly findings: KclDiagnostic[] = [];
  private readonly open: OpenPackage[] = [];
  private readonly root: string;
  private readonly external: ExternalPackages;
  private mainFiles: string[] = [];
  private failure: string | undefined;

  private readonly host: KclHost;

  constructor(private readonly request: LoadRequest) {
    const first = request.files[0] ?? "/";
    const main = request.host.isDirectory(first) ? joinPath(first, "main.k") : first;
    this.root = request.root ?? findModuleRoot(request.host, main);
    this.host = confineHost(request.host, this.givenFolders(), request.files);
    this.external = findExternalPackages(this.host, this.root, request);
  }

  /** What the caller named may be read: the module, other main folders, packages. */
  private givenFolders(): string[] {
    const { host, files, packages = {}, vendorFolder } = this.request;
    const folders = files.filter((path) => host.isDirectory(path));
    return [this.root, ...folders, ...Object.values(packages), ...(vendorFolder === undefined ? [] : [vendorFolder])];
  }

  load(): LoadedSources {
    const { host } = this;
    this.mainFiles = [
      ...new Set(this.request.files.flatMap((path) => (host.isDirectory(path) ? packageFiles(host, path) : [path]))),
    ];
    if (this.mainFiles.length === 0) this.failure = "No input KCL files";
    this.loadPackage(mainPackage, this.mainFiles, { name: undefined, folder: this.root }, undefined);
    return {
      packages: [...this.packages.values()],
      mainFiles: this.mainFiles,
      moduleRoot: this.root,
      host: this.host,
      external: this.external.folders,
      sources: this.sources,
      diagnostics: [...this.syntax, ...this.findings],
      failure: this.failure,
    };
  }

  private loadPackage(path: string, files: readonly string[], root: ModuleRoot, importedBy: ImportStatement | undefined): void {
    const name = path === mainPackage ? moduleName(files[0] ?? "main.k") : path;
    this.open.push({ path, name, importedBy });
    const parsed = files.flatMap((file) => this.parse(file) ?? []);
    const modules = path === mainPackage ? this.override(parsed) : parsed;
    const imports = new Map<string, Map<string, ImportTarget>>();
    for (const module of modules) imports.set(module.file, this.loadImports(module, root));
    this.packages.set(path, { path, modules: joinUnifications(modules), imports });
    this.open.pop();
  }

  private override(modules: readonly Module[]): readonly Module[] {
    const { overrides = [] } = this.request;
    for (const { at, text } of overrides) this.sources.set(at.file, text);
    const changed = applyOverrides(modules, overrides);
    this.findings.push(...changed.diagnostics);
    return changed.modules;
  }

  private parse(file: string): Module | undefined {
    const source = this.host.readFile(file);
    if (source === undefined) {
      this.failure ??= `Cannot find the kcl file, please check the file path ${file}`;
      return undefined;
    }
    this.sources.set(file, source);
    const { tree, diagnostics } = this.parsed(file, source);
    this.syntax.push(...diagnostics);
    return tree;
  }

  private parsed(file: string, source: string): ParseResult<Module> {
    const cached = this.request.cache?.modules.get(file);
    const result = cached?.source === source ? cached.result : parseModule(file, source);
    if (cached?.source !== source) this.request.cache?.modules.set(file, { source, result });
    return result;
  }

  private loadImports(module: Module, root: ModuleRoot): Map<string, ImportTarget> {
    const targets = new Map<string, ImportTarget>();
    for (const statement of flatten(module.body)) {
      if (statement.kind !== "import") continue;
      const { vendorFolder, aliases } = this.request;
      const isMeant = (own: readonly string[]) =>
        usesOneOf(
          module,
          statement,
          own.map((file) => this.looked(file)),
        );
      const context = { host: this.host, root, external: this.external.folders, vendor: vendorFolder, aliases, isMeant };
      const located = locate(context, statement.path, module.file);
      targets.set(statement.name, this.follow(statement, located));
    }
    return targets;
  }

  /** What a file declares, whether it belongs to the program or not. */
  private looked(file: string): Module {
    return this.parsed(file, this.host.readFile(file) ?? "").tree;
  }

  private follow(statement: ImportStatement, located: Located): ImportTarget {
    switch (located.kind) {
      case "system":
        return located;
      case "package":
        return this.followPackage(statement, located);
      case "plugin":
        this.failure ??= `the plugin package \`${located.path}\` is not found, please confirm if plugin mode is enabled`;
        break;
      case "ambiguous":
        this.findings.push(
          diagnostic(
            kinds.module,
            `the \`${located.path}\` is found multiple times in the current package and vendor package`,
            statement.at,
          ),
        );
        break;
      default:
        this.reportMissing(statement, located);
    }
    return { kind: "missing", path: located.path };
  }

  private followPackage(statement: ImportStatement, located: Located & { kind: "package" }): ImportTarget {
    const isMain = this.mainFiles.some(
      (file) => located.files.includes(file) && (file === statement.at.file || this.open.length > 1),
    );
    const path = isMain ? mainPackage : located.path;
    if (located.files.length === 0) this.failure ??= "No KCL files found in the specified folder";
    const cycle = this.open.findIndex((open) => open.path === path);
    if (cycle >= 0) this.reportCycle(statement, cycle);
    else if (!this.packages.has(path)) this.loadPackage(path, located.files, located.root, statement);
    return { kind: "package", path };
  }

  private reportCycle(statement: ImportStatement, from: number): void {
    const members = this.open.slice(from);
    if (members.length === 1 && members[0]!.path === mainPackage) return this.reportSelfImport(statement);
    const [first, ...rest] = members.map((open) => open.name);
    const text = `There is a circular reference between modules ${[...rest, first].join(", ")}`;
    this.findings.push(diagnostic(kinds.compile, text, statement.at));
    for (const open of members.slice(1).reverse())
      if (open.importedBy !== undefined) this.findings.push(diagnostic(kinds.compile, text, open.importedBy.at));
  }

  /** A main file that imports a main file. */
  private reportSelfImport(statement: ImportStatement): void {
    const text = `Could not compiles due to cyclic import statements\n- ${statement.at.file}`;
    this.findings.push(diagnostic(kinds.evaluation, text, statement.at, { caret: false }));
  }

  private reportMissing(statement: ImportStatement, located: Located & { kind: "missing" }): void {
    const text = located.relative
      ? `Cannot find the module ${located.path} from ${located.from}`
      : `pkgpath ${located.path} not found in the program`;
    const suggestions = [
      `try 'kcl mod add ${located.path.split(".")[0]}' to download the missing package`,
      "browse more packages at 'https://artifacthub.io'",
    ];
    const missing = located.relative ? undefined : this.external.missing.get(located.path.split(".")[0]!);
    const details = missing === undefined ? { suggestions } : { notes: [missing] };
    this.findings.push(diagnostic(kinds.module, text, statement.at, located.relative ? {} : details));
  }
}
