/** A plan as one page: for a review, a ticket, a mail. It needs no network, no script and no other file. Pure. */

import type { Change, Plan } from "@provisioning/model";
import { styleFor } from "../style.js";
import { fieldLines } from "./field.js";
import { renderVerdict, unknownLines } from "./plan.js";

const KINDS = [
  ["delete", "Destroy", "-"],
  ["replace", "Replace", "±"],
  ["update", "Change", "~"],
  ["create", "Create", "+"],
  ["read", "Look at again", "?"],
] as const;

const LOOK = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}li{list-style:none;margin:.3rem 0;padding:.3rem .6rem;border-left:.3rem solid #888}
ul{padding:0}code,pre{font:13px/1.45 ui-monospace,monospace}pre{margin:.2rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.delete,.replace{border-color:#c62828}.create{border-color:#2e7d32}.update,.read{border-color:#b26a00}.why{opacity:.75}`;

const plain = styleFor({ write: () => undefined }, { NO_COLOR: "1" });

export function planPage(plan: Plan, madeAt: string): string {
  const drifted = plan.changes.filter(({ drift }) => drift);
  const wanted = plan.changes.filter(({ drift }) => !drift);
  const sections = [
    ...section("Changed behind our back", drifted),
    ...KINDS.flatMap(([kind, title]) =>
      section(
        title,
        wanted.filter((change) => change.kind === kind),
      ),
    ),
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plan of ${escape(plan.infra)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><style>${LOOK}</style></head>
<body>
<h1>${escape(renderVerdict(plan, plain))}</h1>
<p class="why">Made ${escape(madeAt)}</p>
${sections.join("\n")}
</body>
</html>
`;
}

function section(title: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  return [`<h2>${title} (${changes.length})</h2>\n<ul>\n${changes.map(changeItem).join("\n")}\n</ul>`];
}

function changeItem(change: Change): string {
  const mark = KINDS.find(([kind]) => kind === change.kind)?.[2] ?? "";
  const why = change.reasons.join("; ");
  const fields = change.fields.flatMap((field) => fieldLines(field, plain));
  const steps = change.steps.flatMap(({ title, diff }) => [`step: ${title}`, ...(diff === undefined ? [] : [diff.trimEnd()])]);
  const details = [...fields, ...unknownLines(change), ...steps];
  const block = details.length === 0 ? "" : `<pre>${escape(details.join("\n"))}</pre>`;
  return `<li class="${change.kind}"><code>${mark} ${escape(change.address)}</code> <span class="why">${escape(why)}</span>${block}</li>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
