/** Which file a layer is read from: one base name with the ending of a format. */

import { DiagnosticsError } from "@provisioning/model";
import { below, type Layer, type LayerName } from "./layer.js";
import { type DecryptText, encryptedLayer, looksEncrypted } from "./encrypted-layer.js";
import { FORMAT_ENDINGS, parseLayer } from "./formats/parse-layer.js";
import type { KclEvaluator } from "./formats/kcl.js";
import { readIfThere } from "./read-if-there.js";

export interface LayerPlace {
  readonly name: LayerName;
  /** The path without its ending. */
  readonly base: string;
  /** The ending of a file that is made newly. */
  readonly ending: (typeof FORMAT_ENDINGS)[number];
  /** The section that counts; the rest of the file is for others. */
  readonly section?: string;
}

/** The text of a file; nothing when there is none. */
export type ReadFile = (file: string) => Promise<string | undefined>;

interface FileText {
  readonly file: string;
  readonly text: string;
}

/** The files that are there, with their texts. */
async function filesAt({ base }: LayerPlace, read: ReadFile): Promise<readonly FileText[]> {
  const found = await Promise.all(
    FORMAT_ENDINGS.map(async (ending) => ({ file: `${base}${ending}`, text: await read(`${base}${ending}`) })),
  );
  return found.filter((one): one is FileText => one.text !== undefined);
}

/** Where the layer is, or would be. @throws DiagnosticsError CONFIG_AMBIGUOUS */
export async function layerFile(
  place: LayerPlace,
  read: ReadFile = readIfThere,
): Promise<{ readonly file: string; readonly text?: string }> {
  return (
    onlyOne(
      place,
      (await filesAt(place, read)).filter(({ text }) => mayCount(place, text)),
    ) ?? { file: `${place.base}${place.ending}` }
  );
}

/** Nothing when there is no file. @throws DiagnosticsError CONFIG_AMBIGUOUS, CONFIG_SYNTAX */
export async function readLayerFile(
  place: LayerPlace,
  { kcl, read = readIfThere, decrypt }: { readonly kcl?: KclEvaluator; readonly read?: ReadFile; readonly decrypt?: DecryptText },
): Promise<Layer | undefined> {
  const found = onlyOne(
    place,
    (await filesAt(place, read)).filter(({ text }) => mayCount(place, text)),
  );
  if (found === undefined) return undefined;
  const written = await parseLayer(place.name, found.file, found.text, kcl);
  const layer = looksEncrypted(found) ? await encryptedLayer(written, found, decrypt) : written;
  return place.section === undefined ? layer : below(layer, place.section);
}

/** A file that does not even name the section says nothing, and needs no parser. */
function mayCount({ section }: LayerPlace, text: string): boolean {
  return section === undefined || new RegExp(`^\\s*[[{"']*${section}\\b`, "m").test(text);
}

function onlyOne(place: LayerPlace, files: readonly FileText[]): FileText | undefined {
  const [first, second] = files;
  if (first === undefined || second === undefined) return first;
  throw new DiagnosticsError([
    {
      severity: "error",
      code: "CONFIG_AMBIGUOUS",
      summary: `The layer ${place.name} has several files: ${files.map(({ file }) => file).join(" and ")}.`,
      hint: "Keep one of them.",
      position: { file: second.file, line: 1, column: 1 },
    },
  ]);
}
