/** What a migration did, for a file that is kept: from where to where, what was copied, and the proof that both sides are equal. */

import type { Instant } from "@provisioning/model";
import { renderHtml } from "./html-report.js";
import type { MigratedStorage } from "./migrate.js";

/** An HTML page that needs nothing else. `tookMs`: the whole migration. */
export function migrationReport(moved: MigratedStorage, at: Instant, tookMs: number): string {
  const { from, to, dryRun, resumed, copied, leases, passes, heldBackMs, content, settings, passwordsLeft, switched } = moved;
  const seconds = tookMs / 1000;
  return renderHtml({
    title: dryRun ? "Storage migration, looked at" : "Storage migration",
    facts: [
      ["At", new Date(at).toISOString()],
      ["From", `${from.type} at ${from.location}`],
      ["To", `${to.type} at ${to.location}`],
      ["Outcome", outcomeOf(moved)],
      ["Began", resumed ? "where an earlier migration had stopped" : "with an empty target"],
      ...(dryRun
        ? []
        : ([
            ["Took", `${seconds.toFixed(1)} s, in ${passes} ${passes === 1 ? "pass" : "passes"}`],
            ["Writers waited", `${heldBackMs.toFixed(0)} ms`],
            ["Leases taken along", String(leases)],
          ] as const)),
      ...(content === undefined ? [] : [["SHA-256 of both sides", content.digest] as const]),
      ...(passwordsLeft.length === 0 ? [] : [["Go on giving by hand", passwordsLeft.join(", ")] as const]),
    ],
    tables: [
      {
        title: dryRun ? "What would be copied" : "What was copied",
        columns: ["", dryRun ? "to copy" : "copied", ...(content === undefined ? [] : ["on each side now"])],
        rows: (["runs", "events", "resources"] as const).map((kind) => [
          kind,
          copied[kind],
          ...(content === undefined ? [] : [content[kind]]),
        ]),
      },
      {
        title: switched ? "What the configuration says now" : "What the configuration has to say to use it",
        columns: ["key", "value"],
        rows: Object.entries(settings).map(([key, value]) => [key, String(value)]),
      },
    ],
  });
}

function outcomeOf({ dryRun, switched }: MigratedStorage): string {
  if (dryRun) return "nothing was copied: it was only looked whether it can be done";
  return switched ? "both are equal, and the workspace uses the target" : "both are equal, and the source stays in use";
}
