/** Findings in a workflow document, each with its place, or with its path when the document was sent and has no places. */

import type { Diagnostic, DocumentPath, DocumentPlaces } from "@provisioning/model";

export interface Findings {
  readonly list: readonly Diagnostic[];
  add(finding: { readonly code: string; readonly path: DocumentPath; readonly summary: string; readonly hint?: string }): void;
}

export function createFindings(places: DocumentPlaces | undefined): Findings {
  const list: Diagnostic[] = [];
  return {
    list,
    add({ code, path, summary, hint }) {
      const position = places?.(path);
      list.push({
        severity: "error",
        code,
        summary,
        ...(hint === undefined ? {} : { hint }),
        ...(position === undefined ? { detail: `At ${pathText(path)}.` } : { position }),
      });
    },
  };
}

/** As `spec.steps[0].timeout`. */
function pathText(path: DocumentPath): string {
  const parts = path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`));
  return parts.join("") || "the top";
}
