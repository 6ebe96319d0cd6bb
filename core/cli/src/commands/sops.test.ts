/** The command on files of SOPS: what it prints, what is on the disk, and that nothing in the clear is left anywhere. */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { decryptSops } from "sops-age";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CliContext } from "../cli-context.js";
import { runWords } from "../command/run.js";
import { inPrivateFolder } from "./sops/private-folder.js";

const platformRoot = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");
const FILE = "workspace/config/provisioning.yaml";
const TEXT = "# Ours.\nservers:\n    labels:\n        team: banana\n        unit: shop\n";

let key: string;
let other: string;
let folder: string;
beforeAll(async () => {
  [key, other] = [await generateX25519Identity(), await generateX25519Identity()];
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sops-command-"));
  write("home/.config/sops/age/keys.txt", `# mine\n${key}\n`, 0o600);
  write(FILE, TEXT, 0o640);
  mkdirSync(join(folder, "session"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string, mode = 0o644): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
const read = (path = FILE) => readFileSync(join(folder, path), "utf8");
const clear = async () => (await sops([FILE, "--decrypt"])).stdout;

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

async function sops(words: readonly string[], { env = {}, input }: Given = {}) {
  let [stdout, stderr] = ["", ""];
  const process: CliContext["process"] = {
    stdout: { write: (text) => void (stdout += Buffer.from(text).toString()) },
    stderr: { write: (text) => void (stderr += text) },
    env: { HOME: join(folder, "home"), XDG_RUNTIME_DIR: join(folder, "session"), ...env },
  };
  const stdin = (input === undefined ? {} : Readable.from([input])) as CliContext["stdin"];
  await runWords({ process, stdin, currentDir: folder, platformRoot, version: "0.0.0" }, ["sops", ...words], {
    isFolder: () => false,
  });
  return { code: Number(process.exitCode), stdout, stderr };
}

function editor(line: string): Given {
  const file = write("editor.sh", `#!/bin/sh\n${line}\n`, 0o755);
  return { env: { EDITOR: file, PATH: process.env.PATH ?? "" } };
}

describe("provisioning sops", () => {
  it("edits a file that is encrypted on the disk all the time, and changes no line that stays", async () => {
    expect(await sops([FILE, "--encrypt"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/is encrypted for age1\w+\.\n$/),
    });
    const before = read();
    expect(before).not.toContain("banana");
    const edited = await sops([FILE], { env: { EDITOR: "sed -i s/banana/cherry/" } });
    expect(edited).toMatchObject({ code: 0, stdout: expect.stringContaining("is saved, encrypted for age1") });
    const changed = read()
      .split("\n")
      .filter((line) => !before.split("\n").includes(line));
    expect(changed.map((line) => line.trim().split(":")[0])).toEqual(expect.arrayContaining(["team", "mac"]));
    expect(changed.map((line) => line.trim().split(":")[0])).not.toContain("unit");
    expect(await clear()).toBe(TEXT.replace("banana", "cherry"));
    expect(statSync(join(folder, FILE)).mode & 0o777).toBe(0o640);
    const peer = await decryptSops(read(), { secretKey: key, fileType: "yaml" });
    expect(peer).toEqual({ servers: { labels: { team: "cherry", unit: "shop" } } });
  });

  it("shows the editor a private copy, and leaves nothing of it", async () => {
    await sops([FILE, "--encrypt"]);
    const look = `stat -c '%a' "$1" "$(dirname "$1")" > ${folder}/modes; basename "$1" >> ${folder}/modes; sed -i s/banana/plum/ "$1"`;
    expect(await sops([FILE], editor(look))).toMatchObject({ code: 0 });
    expect(read("modes")).toBe("600\n700\nprovisioning.yaml\n");
    expect(await sops([FILE], editor("exit 3"))).toMatchObject({ code: 1, stderr: expect.stringContaining("EDITOR_FAILED") });
    expect(readdirSync(join(folder, "session"))).toEqual([]);
  });

  it("removes the copy also when the process ends half-way", async () => {
    const before = process.listeners("exit");
    void inPrivateFolder({ XDG_RUNTIME_DIR: join(folder, "session") }, () => new Promise(() => {}));
    expect(readdirSync(join(folder, "session"))).toHaveLength(1);
    const [remove] = process.listeners("exit").filter((listener) => !before.includes(listener));
    remove?.call(process, 0);
    expect(readdirSync(join(folder, "session"))).toEqual([]);
    process.off("exit", remove as never);
    process.removeAllListeners("SIGHUP");
  });

  it("writes nothing when nothing changed", async () => {
    await sops([FILE, "--encrypt"]);
    const before = read();
    expect(await sops([FILE], editor("true"))).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing changed") });
    expect(read()).toBe(before);
  });

  it("keeps the file when the text is broken, and when somebody else changed it meanwhile", async () => {
    await sops([FILE, "--encrypt"]);
    const before = read();
    expect(await sops([FILE], editor(`echo '  - [' >> "$1"`))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("SOPS_SYNTAX"),
    });
    expect(read()).toBe(before);
    const meanwhile = editor(`echo '# theirs' >> ${join(folder, FILE)}; sed -i s/banana/plum/ "$1"`);
    expect(await sops([FILE], meanwhile)).toMatchObject({ code: 1, stderr: expect.stringContaining("SOPS_CHANGED") });
    expect(read()).toBe(`${before}# theirs\n`);
  });

  it("asks before it encrypts what is in the clear", async () => {
    expect(await sops([FILE])).toMatchObject({ code: 64, stderr: expect.stringContaining("CONFIRMATION_NEEDED") });
    expect(read()).toBe(TEXT);
    expect(await sops([FILE, "--yes"], editor("true"))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("is encrypted"),
    });
    expect(await clear()).toBe(TEXT);
  });

  it("makes a new file from what is written in the editor", async () => {
    const made = await sops(["secrets/new.env"], editor(`echo TOKEN=abcdef > "$1"`));
    expect(made).toMatchObject({ code: 0 });
    expect(read("secrets/new.env")).toMatch(/^TOKEN=ENC\[AES256_GCM/);
    expect(await sops(["none.json"], editor("true"))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Nothing changed"),
    });
  });

  it("sets a value that is piped in", async () => {
    await sops([FILE, "--encrypt"]);
    const set = await sops([FILE, "--set", "servers.labels.token"], { input: "s3cret\n" });
    expect(set).toMatchObject({ code: 0 });
    expect(read()).not.toContain("s3cret");
    expect(await clear()).toBe(`${TEXT}        token: s3cret\n`);
    expect(await sops([FILE, "--set", "servers.labels.token"], { input: "s3cret" })).toMatchObject({
      stdout: expect.stringContaining("Nothing changed"),
    });
    expect(await sops([FILE, "--set", "a"], { input: "" })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("SOPS_VALUE_MISSING"),
    });
  });

  it("lets others read it, and no more", async () => {
    const [mine, theirs] = [await identityToRecipient(key), await identityToRecipient(other)];
    await sops([FILE, "--encrypt"]);
    const asOther = { env: { HOME: folder, SOPS_AGE_KEY: other } };
    expect(await sops([FILE, "--decrypt"], asOther)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("SOPS_KEY_MISSING"),
    });
    expect(await sops([FILE, "--add-recipient", theirs, "-o", "json"])).toMatchObject({ code: 0 });
    expect(await sops([FILE, "--decrypt"], asOther)).toMatchObject({ code: 0, stdout: TEXT });
    const { stdout } = await sops([FILE, "--remove-recipient", theirs, "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ file: FILE, changed: true, isNew: false, recipients: [mine] });
    expect(await sops([FILE, "--decrypt"], asOther)).toMatchObject({ code: 3 });
    expect(await sops([FILE, "--remove-recipient", theirs])).toMatchObject({
      stderr: expect.stringContaining("SOPS_RECIPIENT_UNKNOWN"),
    });
    expect(await sops([FILE, "--remove-recipient", mine])).toMatchObject({
      stderr: expect.stringContaining("SOPS_RECIPIENT_INVALID"),
    });
    expect(await sops([FILE, "--add-recipient", "ssh-ed25519 AAAA"])).toMatchObject({
      stderr: expect.stringContaining("SOPS_RECIPIENT_INVALID"),
    });
  });

  it("does as .sops.yaml says", async () => {
    const theirs = await identityToRecipient(other);
    write(
      ".sops.yaml",
      `creation_rules:\n    - path_regex: ^secrets/\n      age: x\n    - path_regex: config/.*\\.yaml$\n      encrypted_regex: ^team$\n      age: ${theirs}\n`,
    );
    expect(await sops([FILE, "--encrypt"])).toMatchObject({ code: 0, stdout: expect.stringContaining(theirs) });
    expect(read()).toMatch(/team: ENC\[.*\n {8}unit: shop\n/);
    const asOther = { env: { HOME: folder, SOPS_AGE_KEY: other }, input: "s3cret" };
    expect(await sops([FILE, "--set", "servers.labels.unit"], asOther)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("SOPS_VALUE_CLEAR"),
    });
    expect(await sops([FILE, "--set", "servers.labels.team"], asOther)).toMatchObject({ code: 0 });
    write("elsewhere.yaml", "a: b\n");
    expect(await sops(["elsewhere.yaml", "--encrypt"])).toMatchObject({ stderr: expect.stringContaining("No rule of") });
    expect(await sops(["elsewhere.yaml", "--encrypt", "--age", theirs])).toMatchObject({ code: 0 });
  });

  it("only tells with --check", async () => {
    expect(await sops([FILE, "--encrypt", "--check"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("would be encrypted"),
    });
    expect(read()).toBe(TEXT);
  });

  it.each([
    [["--decrypt", "--rotate"], "cannot be asked for at once"],
    [["--rotate", "--age", "age1x"], "--age is for files that are not encrypted yet"],
    [["--decrypt"], "is not encrypted"],
  ])("refuses %s", async (words, problem) => {
    expect(await sops([FILE, ...words])).toMatchObject({ code: 64, stderr: expect.stringContaining(problem) });
  });
});
