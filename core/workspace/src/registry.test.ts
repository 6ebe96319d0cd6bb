/** The list of workspaces: the light way of reading it and the library must never disagree. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock, workspaceName } from "@provisioning/model";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRegistry } from "./index.js";
import { readRegistryDocument } from "./registry-document.js";
import { isPlainEntry, readRegistryText } from "./registry-text.js";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "registry-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const ours = `# mine
config:
  output:
    format: json
    note: |
      active: not-this
preferences:
- one
workspaces:
  # the shop
  shop:
    path: "/home/ann/my shop"
    last_used: 2026-01-02T03:04:05.678Z
  dev:
    path: /srv/dev
    last_used: 2026-01-03T03:04:05Z

# the one in use
active: shop
editor: vi
`;

describe("the file as we write it", () => {
  it("is read without the library", () => {
    const read = readRegistryText(ours);
    expect(read?.active).toBe("shop");
    expect(read?.entries).toEqual([
      { name: "shop", path: "/home/ann/my shop", lastUsed: "2026-01-02T03:04:05.678Z" },
      { name: "dev", path: "/srv/dev", lastUsed: "2026-01-03T03:04:05Z" },
    ]);
  });

  it("keeps every other line when it is changed", () => {
    const read = readRegistryText(ours);
    read?.put({ name: "prod", path: "/srv/prod", lastUsed: "2026-02-01T00:00:00.000Z" });
    read?.setActive("prod");
    read?.remove("shop");
    expect(read?.toString()).toBe(
      ours
        .replace(/ {2}shop:\n.*\n.*\n/, "")
        .replace("05Z\n\n", '05Z\n  prod:\n    path: "/srv/prod"\n    last_used: 2026-02-01T00:00:00.000Z\n\n')
        .replace("active: shop", "active: prod"),
    );
  });

  it.each([
    ["an anchor", "workspaces:\n  shop: &a\n    path: /x\n"],
    ["a flow map", "workspaces: {shop: {path: /x}}\n"],
    ["a path alone", "workspaces:\n  shop: /x\n"],
    ["another field", "workspaces:\n  shop:\n    path: /x\n    colour: red\n"],
    ["an escape", 'workspaces:\n  shop:\n    path: "/x\\u0020y"\n'],
    ["a comment behind a value", "workspaces:\n  shop:\n    path: /x # here\n"],
    ["no path", "workspaces:\n  shop:\n    last_used: 2026-01-03T03:04:05Z\n"],
    ["a key twice", "active: a\nactive: b\n"],
    ["two documents", "active: a\n---\nactive: b\n"],
    ["a word that is no text", "active: null\n"],
    ["a tab", "workspaces:\n\tshop:\n"],
    ["other line ends", "active: a\r\n"],
  ])("is left to the library with %s", (_, text) => {
    expect(readRegistryText(text)).toBeUndefined();
  });
});

describe("the light way and the library", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "workspaces:",
      "workspaces: # all",
      "  shop:",
      "  dev:",
      "  a-b:",
      "    path: /x",
      '    path: "/a b"',
      "    path: /x: y",
      "    last_used: 2026-01-02T03:04:05.678Z",
      "    last_used: yesterday",
      "active: shop",
      "active: dev",
      "active:",
      "config:",
      "  key: value",
      "- item",
      "# note",
      "  # note",
      "    # note",
      "",
      "  ",
      "other: |",
      "other: 'a",
      "more: {a: 1,",
      "  b: 2}",
      "---",
    ),
    fc.string({ maxLength: 12 }),
  );

  it("say the same of every text that the light way reads", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const text = `${lines.join("\n")}\n`;
        const light = readRegistryText(text);
        fc.pre(light !== undefined);
        const full = await readRegistryDocument("file", text).catch(() => undefined);
        if (full === undefined) return;
        const byName = (entries: readonly { name: string }[]) => [...entries].sort((a, b) => a.name.localeCompare(b.name));
        expect(byName(light?.entries ?? [])).toEqual(byName(full.entries));
        expect(light?.active).toBe(full.active);
      }),
      { numRuns: 3000 },
    );
  });

  it("agree on what was written by the light way", async () => {
    const names = fc.constantFrom("shop", "dev", "prod", "a1", "on", "constructor");
    const paths = fc.oneof(
      fc.constantFrom("/x", "/home/ann/my shop", "/a:b", "/ü", "/a#b", '/"q"', "/\\"),
      fc.string().map((text) => `/${text}`),
    );
    const step = fc.record({ name: names, path: paths, verb: fc.constantFrom("put", "remove", "active", "none") });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const light = readRegistryText(ours);
        const model = new Map(light?.entries.map((entry) => [entry.name, entry]));
        let active: string | undefined = "shop";
        for (const { name, path, verb } of steps) {
          if (verb === "put" && isPlainEntry(name, path)) {
            const entry = { name, path, lastUsed: "2026-05-05T05:05:05.005Z" };
            light?.put(entry);
            model.set(name, entry);
          } else if (verb === "remove") {
            light?.remove(name);
            model.delete(name);
          } else if (verb === "active" && isPlainEntry(name, "/")) light?.setActive((active = name));
          else if (verb === "none") light?.setActive((active = undefined));
        }
        const text = light?.toString() ?? "";
        const full = await readRegistryDocument("file", text);
        expect(new Map(full.entries.map((entry) => [entry.name, entry]))).toEqual(model);
        expect(full.active).toBe(active);
        expect(text).toContain("# mine");
      }),
      { numRuns: 300 },
    );
  });
});

describe("the time of the last use", () => {
  const at = (instant: string): Clock => ({ ...systemClock, now: () => Date.parse(instant) });
  const lastUsed = async (file: string) =>
    Object.fromEntries(
      (await openRegistry(file, systemClock).list()).map((entry) => [entry.name, new Date(entry.lastUsed).toISOString()]),
    );
  let file: string;
  beforeEach(async () => {
    file = join(base, "user_config.yaml");
    await writeFile(file, ours);
  });

  it.each([
    { now: "2026-01-03T03:05:05.000Z", noted: "2026-01-03T03:05:05.000Z", when: "a minute later" },
    { now: "2026-01-03T03:05:04.999Z", noted: "2026-01-03T03:04:05.000Z", when: "earlier: nothing is written" },
    { now: "2026-01-01T00:00:00.000Z", noted: "2026-01-01T00:00:00.000Z", when: "by a clock that was set back" },
  ])("is noted $when", async ({ now, noted }) => {
    await openRegistry(file, at(now)).noteUse("/srv/dev");
    expect(await lastUsed(file)).toEqual({ shop: "2026-01-02T03:04:05.678Z", dev: noted });
    if (now !== noted) expect(await readFile(file, "utf8")).toBe(ours);
  });

  it("is noted in a file that somebody wrote by hand", async () => {
    await writeFile(file, "workspaces: {dev: {path: /srv/dev}} # mine\n");
    await openRegistry(file, at("2026-02-01T00:00:00.000Z")).noteUse("/srv/dev");
    expect(await lastUsed(file)).toEqual({ dev: "2026-02-01T00:00:00.000Z" });
    expect(await readFile(file, "utf8")).toContain("# mine");
  });

  it("of a folder that is not in the list is kept nowhere", async () => {
    await openRegistry(join(base, "none", "user_config.yaml"), systemClock).noteUse("/srv/dev");
    await openRegistry(file, systemClock).noteUse("/elsewhere");
    expect(await readFile(file, "utf8")).toBe(ours);
    expect(await readdir(base)).toEqual(["user_config.yaml"]);
  });

  it("is left out while somebody else writes, and waits for nobody", async () => {
    await writeFile(`${file}.lock`, "");
    await openRegistry(file, at("2026-02-01T00:00:00.000Z")).noteUse("/srv/dev");
    expect(await readFile(file, "utf8")).toBe(ours);
  });

  it("loses nothing of what others write at the same time", async () => {
    const registry = openRegistry(file, at("2026-02-01T00:00:00.000Z"));
    const names = Array.from({ length: 10 }, (_, index) => workspaceName(`w${index}`));
    await Promise.all(
      names.flatMap((name) => [registry.register(name, `/srv/${name}`, { activate: false }), registry.noteUse("/srv/dev")]),
    );
    expect(Object.keys(await lastUsed(file)).sort()).toEqual(["dev", "shop", ...names].sort());
    expect((await readdir(base)).sort()).toEqual(["user_config.yaml"]);
  });
});

describe("a file that somebody wrote by hand", () => {
  it("is honoured, and its comments and other keys stay", async () => {
    const file = join(base, "user_config.yaml");
    await writeFile(
      file,
      "# my own\npreferences: {colour: never}\nworkspaces:\n  shop: /srv/shop # short\n  dev: {path: /srv/dev}\nactive: dev\n",
    );
    const registry = openRegistry(file, systemClock);
    expect((await registry.list()).map(({ name, path, active }) => [name, path, active])).toEqual([
      ["shop", "/srv/shop", false],
      ["dev", "/srv/dev", true],
    ]);
    await registry.switchTo(workspaceName("shop"));
    await registry.switchTo(workspaceName("dev"));
    await registry.register(workspaceName("prod"), "/srv/prod", { activate: true });
    const text = await readFile(file, "utf8");
    for (const part of ["# my own", "colour: never", "active: prod"]) expect(text).toContain(part);
    expect((await registry.list()).map((entry) => entry.name).sort()).toEqual(["dev", "prod", "shop"]);
  });

  it.each([
    ["workspaces: [a, b]\n", /no map/],
    ["workspaces:\n  shop: {colour: red}\n", /has no path/],
    ["workspaces: {\n", /user_config/],
    ["- a\n", /no map/],
  ])("is refused with its reason: %j", async (text, reason) => {
    const file = join(base, "user_config.yaml");
    await writeFile(file, text);
    const registry = openRegistry(file, systemClock);
    await expect(registry.list()).rejects.toMatchObject({ code: "CONFIG_SYNTAX", message: expect.stringMatching(reason) });
    await expect(registry.register(workspaceName("x"), "/x", { activate: true })).rejects.toMatchObject({
      code: "CONFIG_SYNTAX",
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });
});
