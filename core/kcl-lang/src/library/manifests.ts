/** The module `manifests`: replaces the output by a YAML stream. */
import { entriesOf, isTrue } from "../runtime/inspect.js";
import { indentedSizeOf, sizeOf } from "../runtime/extent.js";
import { writeYaml } from "../output/yaml-writer.js";
import { KclList } from "../runtime/values.js";
import { moduleOf, native } from "./native.js";

export const manifestsModule = moduleOf([
  native("yaml_stream", ["values", "opts"], (call) => {
    const given = call.value("values");
    const options = entriesOf(call.value("opts"));
    const flag = (name: string, fallback: boolean): boolean => (options?.has(name) ? isTrue(options.get(name)!.value) : fallback);
    const settings = {
      sortKeys: flag("sort_keys", false),
      ignorePrivate: flag("ignore_private", true),
      ignoreNone: flag("ignore_none", false),
    };
    const separator = options?.get("sep")?.value;
    const documents = (given instanceof KclList ? given.items : [given]).map((item) => {
      call.machine.allocate(2 * indentedSizeOf(item));
      call.machine.work(sizeOf(item));
      return writeYaml(item, settings);
    });
    call.machine.stream = documents.join(`${typeof separator === "string" ? separator : "---"}\n`);
    return undefined;
  }),
]);
