/** A regular file with an exact content, owner and mode: what the kinds that write files share. */

import { createHash } from "node:crypto";
import { base64Document, hereDocument, quoteWords } from "../shell/quote.js";
import type { CompileContext, StepProgram } from "./kind.js";

export interface ManagedFile {
  readonly path: string;
  /** Missing: only owner and mode matter, and an empty file is made when there is none. */
  readonly content: { readonly text: string } | { readonly base64: string } | undefined;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly makeParents?: boolean;
  /** Written when missing, never overwritten. */
  readonly createOnly?: boolean;
  /** Its diff is not shown. */
  readonly sensitive?: boolean;
}

export function managedFile(file: ManagedFile, context: CompileContext, suffix = "content"): StepProgram {
  const content = `${context.prefix}_${suffix}`;
  const bytes = contentBytes(file);
  const digest = file.content === undefined ? "" : createHash("sha256").update(bytes).digest("hex");
  const mode = octal(file.mode);
  const sensitive = (file.sensitive ?? false) || context.secrets.some((secret) => bytes.includes(secret));
  const owner = [file.owner, file.group] as const;
  const createOnly = file.createOnly ?? false;
  return {
    look: call("file_look", file.path, digest, mode, ...owner, onWhen(createOnly)),
    change: call("file_change", content, file.path, digest, mode, ...owner, onWhen(file.makeParents), onWhen(createOnly)),
    diff: call("file_diff", content, file.path, digest, mode, ...owner, onWhen(sensitive), onWhen(createOnly)),
    definitions: `${content}() {\n${printContent(file)}\n}`,
    bulk: { paths: [file.path], digests: createOnly || digest === "" ? [] : [file.path] },
    sources: ["files"],
  };
}

/** A call of a shell function with quoted arguments. */
export function call(name: string, ...words: readonly (string | number)[]): string {
  return `${name} ${quoteWords(words)}`.trimEnd();
}

/** Flags are non-empty or empty words. */
export function onWhen(condition: boolean | undefined): string {
  return condition ? "1" : "";
}

/** As `stat` prints it: no leading zeros. */
export function octal(mode: string): string {
  return Number.parseInt(mode, 8).toString(8);
}

function contentBytes({ content }: ManagedFile): Buffer {
  if (content === undefined) return Buffer.alloc(0);
  return "text" in content ? Buffer.from(content.text) : Buffer.from(content.base64, "base64");
}

function printContent({ content }: ManagedFile): string {
  if (content === undefined) return "  :";
  return "text" in content ? hereDocument(content.text) : base64Document(content.base64);
}
