/** Facts and tables as one HTML file that needs nothing else: no network, no script. Whatever stands in it is text. */

export interface HtmlReport {
  readonly title: string;
  /** In which circumstances it was made: a name and what holds. */
  readonly facts: readonly (readonly [string, string])[];
  readonly tables: readonly HtmlTable[];
}

export interface HtmlTable {
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly string[];
  /** Numbers are shown with a bar, as long as they are large within their column. */
  readonly rows: readonly (readonly (string | number)[])[];
}

export function renderHtml({ title, facts, tables }: HtmlReport): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<dl>
${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("\n")}
</dl>
${tables.map(renderTable).join("\n")}
</body>
</html>
`;
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
td.number { font-variant-numeric: tabular-nums; }
meter { display: block; width: 100%; height: .5rem; }
`;

function renderTable({ title, note, columns, rows }: HtmlTable): string {
  const most = columns.map((_, column) => Math.max(0, ...rows.map((row) => numberIn(row[column]))));
  const cell = (value: string | number, column: number) => {
    if (typeof value === "string") return `<td>${escapeHtml(value)}</td>`;
    const bar = `<meter min="0" max="${most[column] || 1}" value="${value}"></meter>`;
    return `<td class="number">${escapeHtml(value.toLocaleString("en"))}${bar}</td>`;
  };
  return `<h2>${escapeHtml(title)}</h2>
${note === undefined ? "" : `<p>${escapeHtml(note)}</p>\n`}<table>
<thead><tr>${columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}
</tbody>
</table>`;
}

function numberIn(value: string | number | undefined): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
