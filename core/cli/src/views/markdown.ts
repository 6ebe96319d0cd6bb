/**
 * Markdown as a terminal shows it: headings stand out, and code can be copied as it is. It has no prompt and is not set in, for the end of a
 * here-document has to begin its line. What is no block of these is shown as it was written. Pure.
 */

import { wrap } from "../help/lines.js";
import type { Style } from "../style.js";

export function renderMarkdown(text: string, style: Style, width: number): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  let isCode = false;
  const endParagraph = () => {
    if (paragraph.length > 0) lines.push(...wrapped(paragraph.join(" "), style, width));
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) {
      endParagraph();
      isCode = !isCode;
    } else if (isCode) lines.push(line === "" ? "" : line.startsWith("#") ? style.dim(line) : style.cyan(line));
    else if (/^#{1,6} /.test(line)) {
      endParagraph();
      lines.push(style.bold(line.replace(/^#+ /, "")));
    } else if (line.trim() === "" || /^(\||<!--)/.test(line)) {
      endParagraph();
      if (!line.startsWith("<!--")) lines.push(line);
    } else if (/^\s*([-*]|\d+\.) /.test(line)) {
      endParagraph();
      paragraph = [line];
    } else paragraph.push(line.trim());
  }
  endParagraph();
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** What goes on of a list's item stands below its text. */
function wrapped(text: string, style: Style, width: number): string[] {
  const [, mark = ""] = /^(\s*(?:[-*]|\d+\.) )/.exec(text) ?? [];
  const lines = wrap(withoutLinks(text.slice(mark.length)), width - mark.length);
  return lines.map((line, at) => inline((at === 0 ? mark : " ".repeat(mark.length)) + line, style));
}

function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, title: string, target: string) =>
    /^https?:/.test(target) ? `${title} (${target})` : title,
  );
}

function inline(text: string, style: Style): string {
  return text
    .replace(/\*\*([^*]+)\*\*/g, (_, bold: string) => style.bold(bold))
    .replace(/`([^`]+)`/g, (_, code: string) => style.cyan(code));
}
