import { describe, expect, it } from "vitest";
import { displayWidth, renderTable } from "./table.js";

const rows = [
  { name: "web-01", text: "a web server with a database beside it" },
  { name: "שרת", text: "日本語の名前 and more words that go on and on" },
];
const columns = [
  { title: "NAME", cell: (row: { name: string }) => row.name },
  { title: "WHAT IT IS", cell: (row: { text: string }) => row.text },
] as never;

describe("tables", () => {
  it.each([30, 40, 60, 80, 120, 200])("fit %i columns", (width) => {
    for (const line of renderTable(rows, columns, width).split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  it("are whole where nothing has to fit", () => {
    expect(renderTable(rows, columns).split("\n")).toHaveLength(3);
  });

  it("leave out what says nothing in any row", () => {
    const optional = [
      { title: "NAME", cell: () => "a" },
      ...["-", "", "x"].map((text) => ({ title: `T${text}`, cell: () => text, optional: true })),
    ];
    expect(renderTable([{}, {}], optional)).toBe("NAME  Tx\na     x\na     x");
  });

  it("go on below, at spaces", () => {
    expect(renderTable(rows.slice(0, 1), columns, 30)).toBe(
      "NAME    WHAT IT IS\nweb-01  a web server with a\n        database beside it",
    );
  });

  it("become blocks where words are too long for columns", () => {
    const long = [{ name: "x".repeat(30), text: "y".repeat(30) }];
    expect(renderTable(long, columns, 50)).toBe(`NAME        ${"x".repeat(30)}\nWHAT IT IS  ${"y".repeat(30)}`);
  });
});
