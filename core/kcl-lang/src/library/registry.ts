/** The system modules by name. */
import { base32Module, base64Module } from "./base-encoding.js";
import { collectionModule } from "./collection.js";
import { cryptoModule } from "./crypto.js";
import { datetimeModule } from "./datetime.js";
import { fileModule } from "./file.js";
import { jsonModule } from "./json.js";
import { manifestsModule } from "./manifests.js";
import { mathModule } from "./math.js";
import type { ModuleMembers } from "./native.js";
import { netModule } from "./net.js";
import { regexModule } from "./regex.js";
import { runtimeModule } from "./runtime.js";
import { templateModule } from "./template.js";
import { unitsModule } from "./units.js";
import { yamlModule } from "./yaml.js";

const modules: ReadonlyMap<string, ModuleMembers> = new Map([
  ["base32", base32Module],
  ["base64", base64Module],
  ["collection", collectionModule],
  ["crypto", cryptoModule],
  ["datetime", datetimeModule],
  ["file", fileModule],
  ["json", jsonModule],
  ["manifests", manifestsModule],
  ["math", mathModule],
  ["net", netModule],
  ["regex", regexModule],
  ["runtime", runtimeModule],
  ["template", templateModule],
  ["units", unitsModule],
  ["yaml", yamlModule],
]);

export const systemModuleNames: ReadonlySet<string> = new Set(modules.keys());

export function systemModule(name: string): ModuleMembers | undefined {
  return modules.get(name);
}
