/** What a run needs of a `kcl.mod` file: the package's name, its dependencies, and how to run it. */
import { parseToml, TomlTable } from "./toml.js";

/** A package that another one needs. The name is the one that import paths begin with. */
export interface Dependency {
  readonly name: string;
  /** Folder, relative to the manifest. */
  readonly path?: string;
  /** Version in a registry; such a package is looked for among the vendored ones. */
  readonly version?: string;
}

/** The table `[profile]`: how the package is run when nothing else is said. */
export interface Profile {
  readonly entries: readonly string[];
  readonly arguments: readonly string[];
  readonly selectors: readonly string[];
  readonly overrides: readonly string[];
  readonly disableNone: boolean;
  readonly sortKeys: boolean;
  readonly showHidden: boolean;
  readonly strictRangeCheck: boolean;
}

export interface Manifest {
  readonly name: string | undefined;
  readonly dependencies: readonly Dependency[];
  readonly profile: Profile;
}

/** Reads a manifest; what it does not know is skipped, and an empty text is a manifest too. */
export function readManifest(text: string): Manifest {
  const root = parseToml(text);
  const profile = root.table("profile") ?? new TomlTable();
  const entries = profile.texts("entries");
  const single = profile.text("entries");
  return {
    name: root.table("package")?.text("name"),
    dependencies: readDependencies(root.table("dependencies") ?? new TomlTable()),
    profile: {
      entries: single === undefined ? entries : [single],
      arguments: profile.texts("arguments"),
      selectors: profile.texts("selectors"),
      overrides: profile.texts("overrides"),
      disableNone: profile.get("disable_none") === true,
      sortKeys: profile.get("sort_keys") === true,
      showHidden: profile.get("show_hidden") === true,
      strictRangeCheck: profile.get("strict_range_check") === true,
    },
  };
}

function readDependencies(table: TomlTable): Dependency[] {
  return [...table.keys()].map((key) => {
    const value = table.get(key);
    const given = value instanceof TomlTable ? value : new TomlTable();
    const path = given.text("path");
    const version = typeof value === "string" ? value : (given.text("version") ?? given.text("tag"));
    return {
      name: key.replaceAll("-", "_"),
      ...(path === undefined ? {} : { path }),
      ...(version === undefined ? {} : { version }),
    };
  });
}
