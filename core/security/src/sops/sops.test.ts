import { execFileSync, spawnSync } from "node:child_process";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { decryptSops } from "sops-age";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  type Identities,
  openFile,
  type OpenFile,
  parseDocument,
  protectFile,
  rotated,
  sealed,
  textScalar,
  valueAt,
  withContent,
} from "../index.js";
import type { SelectionRule } from "./selection.js";

const NOW = Date.parse("2026-03-04T05:06:07Z");
const YAML = `# head
database:
    # who may log in
    password: hunter2 and more
    port: 5432
    ratio: 0.000001
    tls: true
    hosts:
        - db-01
        - db-02
    note: |
        two
        lines
    number_text: "0123"
    empty: ""
    nothing: null
region_unencrypted: fi-hel1
`;

let key: string;
let recipient: string;
let identities: Identities;

beforeAll(async () => {
  key = await generateX25519Identity();
  recipient = await identityToRecipient(key);
  identities = { keys: [key], looked: ["SOPS_AGE_KEY"] };
});

async function encrypt(file: string, text: string | Buffer, rule?: SelectionRule, macOnlyEncrypted = false): Promise<string> {
  const protection = { recipients: [recipient], macOnlyEncrypted, ...(rule === undefined ? {} : { rule }) };
  return sealed(await protectFile(file, Buffer.from(text as string), protection), NOW);
}

const open = (file: string, text: string): Promise<OpenFile> => openFile(file, Buffer.from(text), identities);

describe("a SOPS file", () => {
  it.each([
    ["a.yaml", YAML],
    ["a.json", '{\n\t"b": "x",\n\t"10": [\n\t\ttrue,\n\t\t1.5\n\t],\n\t"2": {\n\t\t"__proto__": "y"\n\t}\n}\n'],
    ["a.env", "# for the shop\nTOKEN=a=b\nLINES=one\\ntwo\n"],
    ["a.pem", "-----BEGIN\n\u0000binary\n"],
  ])("gives back %s as it was", async (file, text) => {
    const encrypted = await encrypt(file, text);
    expect(encrypted).not.toContain("hunter2");
    expect((await open(file, encrypted)).document.plain().toString("utf8")).toBe(text);
  });

  it("keeps bytes that are no text", async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const opened = await open("key.bin", await encrypt("key.bin", bytes));
    expect(opened.document.plain()).toEqual(bytes);
  });

  it("leaves values in the clear as the rule says", async () => {
    expect(parse(await encrypt("a.yaml", YAML))).toMatchObject({ region_unencrypted: "fi-hel1" });
    const some = parse(await encrypt("a.yaml", YAML, { encrypted_regex: "^(?:password|hosts)$" })) as Record<string, unknown>;
    expect(some).toMatchObject({
      database: {
        password: expect.stringMatching(/^ENC\[/),
        port: 5432,
        hosts: [/^ENC/, /^ENC/].map((one) => expect.stringMatching(one)),
      },
    });
  });

  it("is read by another implementation", async () => {
    for (const [file, type] of [
      ["a.yaml", "yaml"],
      ["a.json", "json"],
    ] as const) {
      const text = type === "yaml" ? YAML : JSON.stringify(parse(YAML));
      const value = await decryptSops(await encrypt(file, text), { secretKey: key, fileType: type });
      expect(value).toEqual(parse(YAML));
    }
    expect(await decryptSops(await encrypt("a.env", "A=1\n"), { secretKey: key, fileType: "env" })).toEqual({ A: "1" });
  });

  it("keeps the text of values that stay", async () => {
    const before = await encrypt("a.yaml", YAML);
    const opened = await open("a.yaml", before);
    const after = sealed(withContent(opened, Buffer.from(YAML.replace("hunter2", "hunter3"))), NOW + 1000);
    const changed = lines(before).filter((line) => !lines(after).includes(line));
    expect(changed.map((line) => line.trim().split(":")[0])).toEqual(["password", "lastmodified", "mac"]);
    expect((await open("a.yaml", after)).document.plain().toString()).toContain("hunter3");
  });

  it.each([
    ["a.yaml", YAML],
    ["a.json", '{"database": {"hosts": ["db-01"]}}'],
  ])("encrypts values that are set in %s", async (file, text) => {
    const opened = await open(file, await encrypt(file, text));
    for (const key of ["database.password", "database.deep.er", "new", "database.hosts.0"])
      opened.document.set(key.split("."), textScalar("1_0 secret"));
    for (const key of ["database", "database.hosts", "database.hosts.9", "new.x"])
      expect(() => opened.document.set(key.split("."), textScalar("x"))).toThrow(
        expect.objectContaining({ code: "SOPS_SYNTAX" }) as Error,
      );
    const after = sealed(opened, NOW);
    expect(after).not.toContain("1_0 secret");
    const reopened = await open(file, after);
    for (const key of ["database.password", "database.deep.er", "new", "database.hosts.0"])
      expect(valueAt(reopened, key)).toBe("1_0 secret");
    expect(valueAt(reopened, "database")).toBeUndefined();
  });

  it("sees what the program sops sees in a plain scalar", async () => {
    const read = (text: string) =>
      parseDocument("a.yaml", Buffer.from(`a: ${text}\n`))
        .leaves()
        .map((leaf) => [leaf.read().type, leaf.read().bytes.toString()])[0];
    expect(["014", "08", "1_000", "0x1F", "-0b11", "+7", "1e3", ".5", "-.inf", "yes", '"12"', "~"].map(read)).toEqual([
      ["int", "12"],
      ["float", "8"],
      ["int", "1000"],
      ["int", "31"],
      ["int", "-3"],
      ["int", "7"],
      ["float", "1000"],
      ["float", "0.5"],
      ["float", "-Inf"],
      ["str", "yes"],
      ["str", "12"],
      undefined,
    ]);
    expect(["2026-01-02", "2026-1-2 3:4:5.60", "2026-01-02T03:04:05+02:00", "2026-13-01"].map(read)).toEqual([
      ["time", "2026-01-02T00:00:00Z"],
      ["time", "2026-01-02T03:04:05.6Z"],
      ["time", "2026-01-02T03:04:05+02:00"],
      ["str", "2026-13-01"],
    ]);
  });

  it("has another data key for others after a rotation", async () => {
    const other = await generateX25519Identity();
    const opened = await open("a.yaml", await encrypt("a.yaml", YAML));
    const after = sealed(await rotated(opened, [await identityToRecipient(other)]), NOW);
    await expect(open("a.yaml", after)).rejects.toMatchObject({ code: "SOPS_KEY_MISSING" });
    const reopened = await openFile("a.yaml", Buffer.from(after), { keys: [other], looked: [] });
    expect(reopened.document.plain().toString()).toBe(YAML);
    expect(reopened.key).not.toEqual(opened.key);
  });
});

/** Put together from what the format says, without any of our code. */
async function writtenElsewhere(): Promise<string> {
  const dataKey = randomBytes(32);
  const enc = (type: string, plain: string, authenticated: string): string => {
    const iv = randomBytes(32);
    const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(Buffer.from(authenticated));
    const data = Buffer.concat([cipher.update(plain), cipher.final()]);
    const [text, vector, tag] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
    return `ENC[AES256_GCM,data:${text},iv:${vector},tag:${tag},type:${type}]`;
  };
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const wrapped = armor
    .encode(await encrypter.encrypt(dataKey))
    .trim()
    .replaceAll("\n", "\n            ");
  const values = ["hunter2", "True", "5432", "0.5", "db-01", "db-02", "clear", "12", "false"];
  const mac = createHash("sha512").update(values.join("")).digest("hex").toUpperCase();
  const at = "2026-01-02T03:04:05+01:00";
  return `#${enc("comment", " of the team", ":")}
db:
    #${enc("comment", " below", "db:")}
    password: ${enc("str", "hunter2", "db:password:")}
    tls: ${enc("bool", "True", "db:tls:")}
    port: ${enc("int", "5432", "db:port:")}
    ratio: ${enc("float", "0.5", "db:ratio:")}
    hosts:
        - ${enc("str", "db-01", "db:hosts:")}
        - ${enc("str", "db-02", "db:hosts:")}
    note_unencrypted: clear
    port_unencrypted: 014
    text_unencrypted: "false"
    nothing: null
    empty: ""
sops:
    kms: []
    age:
        - recipient: ${recipient}
          enc: |
            ${wrapped}
    lastmodified: "${at}"
    mac: ${enc("str", mac, at)}
    pgp: []
    unencrypted_suffix: _unencrypted
    version: 3.8.1
`;
}

describe("a file that was written elsewhere", () => {
  it("is opened, with its comments, and stays what it is when nothing is changed", async () => {
    const text = await writtenElsewhere();
    const opened = await open("a.yaml", text);
    const plain = opened.document.plain().toString();
    expect(plain).toBe(`# of the team
db:
    # below
    password: hunter2
    tls: true
    port: 5432
    ratio: 0.5
    hosts:
        - db-01
        - db-02
    note_unencrypted: clear
    port_unencrypted: 014
    text_unencrypted: "false"
    nothing: null
    empty: ""
`);
    const again = sealed(withContent(opened, Buffer.from(plain)), NOW);
    expect(lines(again).slice(0, 16)).toEqual(lines(text).slice(0, 16));
    expect((await open("a.yaml", again)).document.plain().toString()).toBe(plain);
  });
});

const lines = (text: string): string[] => text.split("\n");
const edit = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const cutAfter = (part: string) => (text: string) => text.slice(0, text.indexOf(part) + part.length);
const swapped = (text: string): string => {
  const [, first = "", second = ""] = /- (ENC\S+)\n\s+- (ENC\S+)/.exec(text) ?? [];
  return text.replace(first, "@").replace(second, first).replace("@", second);
};
const exchanged = (text: string): string => {
  const [, first = ""] = /password: (ENC\S+)/.exec(text) ?? [];
  return text.replace(/port: ENC\S+/, `port: ${first}`);
};

describe("tampering", () => {
  it.each<[string, (text: string) => string, string, string]>([
    [
      "a changed value",
      edit(/(password: ENC\[AES256_GCM,data:)(.)/, "$1_"),
      "SOPS_VALUE_DAMAGED",
      "database.password in a.yaml was changed",
    ],
    ["a value of another place", exchanged, "SOPS_VALUE_DAMAGED", "database.port in a.yaml was changed or moved"],
    ["a value in the clear", edit(/password: ENC\S+/, "password: mine"), "SOPS_VALUE_DAMAGED", "stands in the clear"],
    ["swapped items", swapped, "SOPS_MAC_MISMATCH", "a.yaml was changed after"],
    ["a removed key", edit(/ {4}password: ENC\S+\n/, ""), "SOPS_MAC_MISMATCH", "a.yaml was changed after"],
    ["a value made empty", edit(/password: ENC\S+/, 'password: ""'), "SOPS_MAC_MISMATCH", "a.yaml was changed after"],
    ["an edited value in the clear", edit("fi-hel1", "de-fra1"), "SOPS_MAC_MISMATCH", "a.yaml was changed after"],
    [
      "a changed MAC",
      edit(/(mac: ENC\[AES256_GCM,data:)..../, "$1AAAA"),
      "SOPS_VALUE_DAMAGED",
      "mac, the message authentication code",
    ],
    ["another time", edit("2026-03-04T05:06:07Z", "2026-03-04T05:06:08Z"), "SOPS_VALUE_DAMAGED", "mac, the message"],
    ["no MAC", edit(/ {4}mac: .*\n/, ""), "SOPS_METADATA_INVALID", "mac, the message authentication code, is missing"],
    ["a file cut in a value", cutAfter("password: ENC[AES256_GCM"), "SOPS_METADATA_INVALID", "the file was cut"],
    ["a file cut in its section", cutAfter("BEGIN AGE ENCRYPTED FILE-----\n"), "SOPS_METADATA_INVALID", "lastmodified"],
    ["a file cut before the MAC", cutAfter("END AGE ENCRYPTED FILE-----\n"), "SOPS_METADATA_INVALID", "lastmodified"],
    [
      "a changed key",
      edit(/(BEGIN AGE ENCRYPTED FILE-----\n\s+\S{20})..../, "$1AAAA"),
      "SOPS_METADATA_INVALID",
      "the key for age1",
    ],
    ["a cut key", edit(/(BEGIN AGE ENCRYPTED FILE-----\n\s+\S{20}).*\n/, "$1\n"), "SOPS_METADATA_INVALID", "cut or changed"],
    ["other rules", edit("_unencrypted\n", "_x\n"), "SOPS_VALUE_DAMAGED", "region_unencrypted in a.yaml stands in the clear"],
  ])("is found: %s", async (_, change, code, message) => {
    const before = await encrypt("a.yaml", YAML);
    const after = change(before);
    expect(after).not.toBe(before);
    await expect(open("a.yaml", after)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  it("is found in values in the clear unless the code is of the encrypted ones alone", async () => {
    const only = await encrypt("a.yaml", YAML, undefined, true);
    expect((await open("a.yaml", only.replace("fi-hel1", "de-fra1"))).document.plain().toString()).toContain("de-fra1");
    await expect(open("a.yaml", only.replace("mac_only_encrypted: true", "mac_only_encrypted: false"))).rejects.toMatchObject({
      code: "SOPS_MAC_MISMATCH",
    });
  });

  it("is another thing than a file in the clear", async () => {
    await expect(open("a.yaml", YAML)).rejects.toMatchObject({ code: "SOPS_NOT_ENCRYPTED" });
    await expect(encrypt("a.env", "A=ENC[AES256_GCM,data:")).rejects.toMatchObject({ code: "SOPS_METADATA_INVALID" });
  });

  it("names recipients and places for a wrong key", async () => {
    const other = { keys: [await generateX25519Identity()], looked: ["/home/ann/keys.txt"] };
    const wrong = openFile("a.yaml", Buffer.from(await encrypt("a.yaml", YAML)), other);
    await expect(wrong).rejects.toMatchObject({
      code: "SOPS_KEY_MISSING",
      message: expect.stringMatching(`${recipient}.*/home/ann/keys.txt`),
    });
  });
});

describe("what is refused by name", () => {
  it.each([
    ["key groups", { key_groups: [{ age: [] }] }, /key groups \(key_groups, shamir_threshold\)/],
    ["AWS KMS alone", { age: [], kms: [{ arn: "a" }] }, /AWS KMS \(kms\) alone/],
    ["PGP alone", { age: null, pgp: [{ fp: "a" }] }, /PGP key \(pgp\) alone/],
    ["rules on comments", { encrypted_comment_regex: "x" }, /encrypted_comment_regex/],
  ])("%s", async (_, section, message) => {
    const document = JSON.parse(await encrypt("a.json", '{"a": "b"}')) as { sops: object };
    const text = JSON.stringify({ ...document, sops: { ...document.sops, ...section } });
    await expect(open("a.json", text)).rejects.toMatchObject({
      code: "SOPS_UNSUPPORTED",
      message: expect.stringMatching(message),
    });
  });
});

describe("hostile files", () => {
  const section = "sops:\n    age: []\n";
  it.each([
    ["aliases", "a.yaml", `a: &a [x]\nb: [*a, *a]\n${section}`, "alias"],
    ["aliases in the section", "a.yaml", "a: &a x\nsops:\n    mac: *a\n", "alias"],
    ["merged maps", "a.yaml", "a: &a {b: c}\nd:\n    <<: *a\n", "alias"],
    ["tags", "a.yaml", "a: !!binary aGk=\n", "tag"],
    ["deep lists", "a.yaml", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`, "deep"],
    ["deep maps in JSON", "a.json", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`, "deeper than 100"],
    ["keys that are twice there", "a.json", '{"a": 1, "a": 2}', "there twice"],
    ["keys that are no texts", "a.yaml", "1: a\n", "no text"],
    ["numbers that would be rounded", "a.yaml", "a: 9223372036854775808\n", "larger number than SOPS"],
    ["numbers that would be rounded, in JSON", "a.json", '{"a": 9007199254740993}', "larger number than SOPS"],
    ["several documents", "a.yaml", "a: 1\n---\nb: 2\n", "documents"],
    ["a list", "a.yaml", "- a\n", "map of keys"],
    ["too many recipients", "a.env", "sops_age__list_99999999__map_enc=x\n", "too many items"],
    ["what is no JSON", "a.json", '{"a": 01}', "01 is not JSON"],
  ])("are refused: %s", (_, file, text, message) => {
    expect(() => parseDocument(file, Buffer.from(text))).toThrow(
      expect.objectContaining({ code: "SOPS_SYNTAX", message: expect.stringContaining(message) }) as Error,
    );
  });

  it("cannot reach the prototype of objects", async () => {
    const text = "__proto__:\n    polluted: yes it is\nconstructor: x\n";
    const opened = await open("a.yaml", await encrypt("a.yaml", text));
    expect(opened.document.plain().toString()).toBe(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const flat = parseDocument("a.env", Buffer.from("sops___proto____map_polluted=x\nsops_mac=y\n"));
    expect(flat.metadata).toMatchObject({ mac: "y" });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("cannot make an expression run for ever", async () => {
    await expect(encrypt("a.yaml", `${"a".repeat(60)}!: b\n`, { encrypted_regex: "^(a+)+$" })).rejects.toMatchObject({
      code: "SOPS_METADATA_INVALID",
    });
  });
});

const hasAge = spawnSync("age", ["--version"]).status === 0;
describe.skipIf(!hasAge)(`the program age${hasAge ? "" : " (it is not installed)"}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sops-age-"));
    await writeFile(join(folder, "keys.txt"), `${key}\n`, { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("opens the data key that is written here", async () => {
    const text = await encrypt("a.json", '{"a": "b"}');
    const [entry] = (JSON.parse(text) as { sops: { age: { enc: string }[] } }).sops.age;
    const opened = execFileSync("age", ["-d", "-i", join(folder, "keys.txt")], { input: entry?.enc as string });
    expect(opened).toEqual((await open("a.json", text)).key);
  });

  it("makes data keys that are opened here", async () => {
    const text = await encrypt("a.json", '{"a": "b"}');
    const { key: dataKey } = await open("a.json", text);
    const enc = execFileSync("age", ["-a", "-r", recipient], { input: dataKey }).toString();
    const document = JSON.parse(text) as { sops: { age: object[] } };
    document.sops.age = [{ recipient, enc }];
    expect((await open("a.json", JSON.stringify(document))).document.plain().toString()).toBe('{\n\t"a": "b"\n}\n');
  });
});
