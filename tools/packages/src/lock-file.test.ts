/** The lock file names the programs of every platform, not only of the one it was written on: `npm ci` of newer npm refuses it otherwise. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Of a lock file of version 3, what is asked here. Keys of `packages` are folders; "" is the repository. */
interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

it("has an entry for every optional dependency", () => {
  const lockFile: LockFile = JSON.parse(readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8"));
  expect(unlisted(lockFile)).toEqual([]);
});

it.each([
  { title: "beside the package", entry: "node_modules/esbuild-arm", missing: [] },
  { title: "inside the package", entry: "core/cli/node_modules/esbuild/node_modules/esbuild-arm", missing: [] },
  { title: "in the package's workspace", entry: "core/cli/node_modules/esbuild-arm", missing: [] },
  {
    title: "out of reach",
    entry: "core/model/node_modules/esbuild-arm",
    missing: ["core/cli/node_modules/esbuild: esbuild-arm"],
  },
])("looks where Node would: $title", ({ entry, missing }) => {
  const packages = {
    "": {},
    "core/cli": {},
    "core/cli/node_modules/esbuild": { optionalDependencies: { "esbuild-arm": "1.0.0" } },
    [entry]: {},
  };
  expect(unlisted({ packages })).toEqual(missing);
});

/** Optional dependencies without an entry, each with the folder of the package that asks for it. */
function unlisted({ packages }: LockFile): string[] {
  return Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !lookups(folder, name).some((entry) => entry in packages))
      .map((name) => `${folder}: ${name}`),
  );
}

/** Where Node looks for a package: `node_modules` of the folder and of every folder above it. */
function lookups(folder: string, name: string): string[] {
  const parts = folder === "" ? [] : folder.split("/");
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    [...parts.slice(0, parts.length - up), "node_modules", name].join("/"),
  );
}
