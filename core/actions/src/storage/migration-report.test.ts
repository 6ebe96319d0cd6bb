import { expect, test } from "vitest";
import type { MigratedStorage } from "./migrate.js";
import { migrationReport } from "./migration-report.js";

const AT = Date.UTC(2031, 4, 6, 7, 8, 9);

const moved: MigratedStorage = {
  from: { type: "filesystem", location: `/data/<script>alert("1")</script>` },
  to: { type: "postgres", location: "db & co:5432/provisioning" },
  dryRun: false,
  resumed: true,
  copied: { runs: 2, events: 10, resources: 1 },
  leases: 3,
  passes: 2,
  heldBackMs: 41.5,
  content: { digest: "abc123", runs: 20, events: 100, resources: 7 },
  settings: { "orchestrator.storage.type": "postgres" },
  passwordsLeft: ["orchestrator.storage.password"],
  switched: true,
};

test("tells what was moved, and that both sides are equal", () => {
  const page = migrationReport(moved, AT, 12_345);
  for (const told of ["2031-05-06T07:08:09.000Z", "12.3 s, in 2 passes", "abc123", "100", "orchestrator.storage.password"])
    expect(page).toContain(told);
  expect(page).toContain("both are equal, and the workspace uses the target");
});

test("whatever stands in it is text, and it loads nothing", () => {
  const page = migrationReport(moved, AT, 1);
  expect(page).toContain("/data/&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
  expect(page).toContain("db &amp; co:5432");
  expect(page).not.toMatch(/<script|<link|<img|src=|url\(|https?:/);
});

test("of a look it says what would be copied", () => {
  const { content: _, ...rest } = moved;
  const page = migrationReport({ ...rest, dryRun: true, switched: false }, AT, 1);
  expect(page).toContain("nothing was copied");
  expect(page).toContain("to copy");
  expect(page).not.toContain("on each side now");
});
