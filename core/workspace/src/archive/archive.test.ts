/** Archives of workspaces: there and back, always the same bytes, and nothing written of one that lies. */

import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packWorkspace, selectFiles, unpackWorkspace } from "../index.js";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "archive-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const note = { format: 1, name: "shop", platformVersion: "0.1.0", withState: false };
const NOTE = { name: "provisioning-workspace.json", content: JSON.stringify(note) };

async function makeWorkspace(dir: string): Promise<void> {
  for (const folder of ["infra/demo", "config", "runtime/store", ".git", "secrets", "extensions/taskservs"])
    await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, "infra/demo/main.k"), "a = 1\n");
  await writeFile(join(dir, "config/provisioning.yaml"), "{}\n");
  await writeFile(join(dir, "check.sh"), "#!/bin/sh\n");
  await chmod(join(dir, "check.sh"), 0o755);
  await writeFile(join(dir, "runtime/store/journal"), "x");
  await writeFile(join(dir, ".git/HEAD"), "x");
  await writeFile(join(dir, "secrets/plain.yaml"), "cache: hunter2\n");
  await writeFile(join(dir, "secrets/shop.yaml"), "cache: ENC[AES256_GCM,data:x]\nsops:\n    mac: x\n");
  await writeFile(join(dir, ".env"), "TOKEN=hunter2\n");
  await symlink("/etc/passwd", join(dir, "link"));
}

async function packTo(dir: string, target: string) {
  const { files, left } = await selectFiles(dir);
  return { files, left, bytes: await packWorkspace({ note, root: dir, files, more: [], target }) };
}

interface Entry {
  readonly name: string;
  readonly type?: string;
  readonly content?: string | Uint8Array;
  readonly size?: number;
  readonly linkname?: string;
}

async function archiveOf(entries: readonly Entry[], change = (tar: Buffer) => tar): Promise<string> {
  const archive = pack();
  for (const { name, type = "file", content = "", linkname } of entries)
    archive.entry({ name, type: type as "file", ...(linkname === undefined ? {} : { linkname }) }, content);
  archive.finalize();
  const file = join(base, "hostile.tar.gz");
  await writeFile(file, gzipSync(change(await buffer(archive as unknown as NodeJS.ReadableStream))));
  return file;
}

const open = (file: string, dir = join(base, "out")) => unpackWorkspace({ file, dir, stateDir: "runtime" });

describe("an archive", () => {
  it("brings back what describes a workspace, without what is made here and without plain secrets", async () => {
    await makeWorkspace(join(base, "ws"));
    const { files, left } = await packTo(join(base, "ws"), join(base, "a.tar.gz"));
    expect(files).toEqual(["check.sh", "config/provisioning.yaml", "infra/demo/main.k", "secrets/shop.yaml"]);
    expect(left.map(({ path }) => path)).toEqual([".env", "link", "secrets/plain.yaml"]);
    expect(await open(join(base, "a.tar.gz"))).toEqual({ note, files });
    expect(await readFile(join(base, "out/infra/demo/main.k"), "utf8")).toBe("a = 1\n");
    expect((await readdir(base)).sort()).toEqual(["a.tar.gz", "out", "ws"]);
  });

  it("has the same bytes whenever it is written", async () => {
    const digest = async (file: string) =>
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex");
    await makeWorkspace(join(base, "one"));
    await packTo(join(base, "one"), join(base, "1.tar.gz"));
    await makeWorkspace(join(base, "two"));
    await utimes(join(base, "two/infra/demo/main.k"), 1, 1);
    await packTo(join(base, "two"), join(base, "2.tar.gz"));
    expect(await digest(join(base, "1.tar.gz"))).toBe(await digest(join(base, "2.tar.gz")));
  });

  it("is not unpacked over what is there", async () => {
    await makeWorkspace(join(base, "ws"));
    await packTo(join(base, "ws"), join(base, "a.tar.gz"));
    await expect(open(join(base, "a.tar.gz"), join(base, "ws"))).rejects.toMatchObject({ code: "WORKSPACE_EXISTS" });
    await mkdir(join(base, "empty"));
    expect((await open(join(base, "a.tar.gz"), join(base, "empty"))).files.length).toBe(4);
  });
});

const good = { name: "workspace/infra/a.k", content: "a = 1\n" };

describe("a hostile archive", () => {
  it.each<[string, readonly Entry[]]>([
    ["a path upwards", [{ name: "workspace/../../evil" }]],
    ["a path upwards in the middle", [{ name: "workspace/a/../../../evil" }]],
    ["an absolute path", [{ name: "/tmp/evil" }]],
    ["a path with backslashes", [{ name: "workspace\\..\\evil" }]],
    ["a drive", [{ name: "C:/evil" }]],
    ["a path from nowhere", [{ name: "evil" }]],
    ["a single dot", [{ name: "workspace/./a" }]],
    ["a symbolic link", [{ name: "workspace/link", type: "symlink", linkname: "/etc" }]],
    ["a hard link", [{ name: "workspace/link", type: "link", linkname: "/etc/passwd" }]],
    ["a device", [{ name: "workspace/null", type: "character-device" }]],
    ["a pipe", [{ name: "workspace/pipe", type: "fifo" }]],
    ["a control character", [{ name: "workspace/a\u0007b" }]],
    ["a name that is too long", [{ name: `workspace/${"a".repeat(300)}` }]],
    ["a path that is too long", [{ name: `workspace/${"a/".repeat(600)}b` }]],
    ["a file twice", [good, good]],
    ["names that differ in case alone", [good, { name: "workspace/infra/A.k" }]],
    ["names that differ in composition alone", [{ name: "workspace/\u00e9" }, { name: "workspace/e\u0301" }]],
    ["a file that is a folder too", [good, { name: "workspace/infra/a.k/b" }]],
    ["files of the runtime folder", [{ name: "workspace/runtime/digest-key" }]],
    ["hooks of version control", [{ name: "workspace/.git/hooks/post-checkout" }]],
    ["a file that is too large", [{ name: "workspace/big", content: Buffer.alloc(65 * 1024 * 1024) }]],
  ])("with %s is refused, and nothing is left", async (_, entries) => {
    const file = await archiveOf([NOTE, ...entries]);
    await expect(open(file)).rejects.toMatchObject({ code: "ARCHIVE_REFUSED" });
    expect(await readdir(base)).toEqual(["hostile.tar.gz"]);
  });

  it("with too many entries is refused", async () => {
    const file = await archiveOf([NOTE, ...Array.from({ length: 20_001 }, (_, index) => ({ name: `workspace/${index}` }))]);
    await expect(open(file)).rejects.toMatchObject({ code: "ARCHIVE_REFUSED" });
    expect(await readdir(base)).toEqual(["hostile.tar.gz"]);
  });

  it("that hides much behind its end, or in the head of an entry, is refused without being read into memory", async () => {
    const file = await archiveOf([NOTE, good], (tar) => Buffer.concat([tar, Buffer.alloc(200 * 1024 * 1024)]));
    await expect(open(file)).rejects.toMatchObject({ code: "ARCHIVE_REFUSED" });
    const head = Buffer.alloc(512);
    head.write("././@PaxHeader");
    head.write("0000644\0", 100);
    head.write("77777777777\0", 124);
    head.write("        ", 148);
    head.write("x", 156);
    head.write("ustar\u000000", 257);
    head.write(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    const hidden = await archiveOf([NOTE], (tar) =>
      Buffer.concat([tar.subarray(0, -1024), head, Buffer.alloc(64 * 1024 * 1024, 97)]),
    );
    await expect(open(hidden)).rejects.toMatchObject({ code: expect.stringMatching(/^ARCHIVE_/) });
    expect(await readdir(base)).toEqual(["hostile.tar.gz"]);
  });

  it.each<[string, () => Promise<string>]>([
    ["no note", () => archiveOf([good])],
    ["a note of something else", () => archiveOf([{ ...NOTE, content: "[]" }])],
    ["a note that cannot be read", () => archiveOf([{ ...NOTE, content: "{" }])],
    ["a newer format", () => archiveOf([{ ...NOTE, content: JSON.stringify({ ...note, format: 2 }) }])],
    ["no entries", () => archiveOf([])],
    ["its end cut off", () => archiveOf([NOTE, good], (tar) => tar.subarray(0, 1200))],
    [
      "something that is no archive",
      async () => {
        await writeFile(join(base, "hostile.tar.gz"), "hello");
        return join(base, "hostile.tar.gz");
      },
    ],
    [
      "no file at all",
      async () => {
        await writeFile(join(base, "hostile.tar.gz"), "");
        return join(base, "missing.tar.gz");
      },
    ],
  ])("that is none (%s) is told so", async (_, make) => {
    await expect(open(await make())).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
    expect(await readdir(base)).toEqual(["hostile.tar.gz"]);
  });

  it("with any byte changed never writes outside, and leaves nothing when it is refused", async () => {
    await makeWorkspace(join(base, "ws"));
    await packTo(join(base, "ws"), join(base, "a.tar.gz"));
    const bytes = await readFile(join(base, "a.tar.gz"));
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0x55;
      await writeFile(join(base, "b.tar.gz"), changed);
      const done = await open(join(base, "b.tar.gz")).catch((error: { code: string }) => error.code);
      if (typeof done === "string") expect(done).toMatch(/^ARCHIVE_/);
      else await rm(join(base, "out"), { recursive: true });
      expect((await readdir(base)).sort()).toEqual(["a.tar.gz", "b.tar.gz", "ws"]);
    }
  });
});
