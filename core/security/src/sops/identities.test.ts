import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateX25519Identity } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type IdentitySources, readIdentities } from "../index.js";

let folder: string;
const keys: string[] = [];
const [DEFAULT, NAMED, OWN, VARIABLE] = [0, 1, 2, 3] as const;
const warnings: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "identities-"));
  for (let count = 0; count < 4; count++) keys.push(await generateX25519Identity());
  await write(".config/sops/age/keys.txt", `# created: today\n# public key: age1\n\n${keys[DEFAULT]}\r\n`);
  await write("named.txt", `${keys[NAMED]}\n${keys[DEFAULT]}\n`);
  await write("own.txt", `${keys[OWN]}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function write(path: string, text: string, mode = 0o600): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

const identities = ({ environment, ...rest }: Partial<IdentitySources> = {}) =>
  readIdentities({ environment: { HOME: folder, ...environment }, onWarning: (text) => warnings.push(text), ...rest });

describe("age identities", () => {
  it("come from variables and the file of the user, each once", async () => {
    const environment = { SOPS_AGE_KEY: keys[VARIABLE] as string, SOPS_AGE_KEY_FILE: join(folder, "named.txt") };
    expect((await identities({ environment })).keys).toEqual([VARIABLE, NAMED, DEFAULT].map((one) => keys[one]));
  });

  it("come from the folder of configurations that the environment names", async () => {
    const found = await identities({ environment: { XDG_CONFIG_HOME: join(folder, "elsewhere") } });
    expect(found).toEqual({ keys: [], looked: [join(folder, "elsewhere/sops/age/keys.txt")] });
  });

  it("come from the file that is named in the place of the user's, below the home folder too", async () => {
    expect((await identities({ keyFile: "~/own.txt" })).keys).toEqual([keys[OWN]]);
    const environment = { SOPS_AGE_KEY: keys[VARIABLE] as string };
    expect((await identities({ keyFile: "~/own.txt", environment })).keys).toEqual([keys[VARIABLE], keys[OWN]]);
    expect((await identities({ keyFile: "~/own.txt", environment, only: true })).keys).toEqual([keys[OWN]]);
  });

  it("are warned of when others can read them", async () => {
    warnings.length = 0;
    await identities();
    expect(warnings).toEqual([]);
    await write("open.txt", `${keys[OWN]}\n`, 0o640);
    await identities({ keyFile: join(folder, "open.txt") });
    expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${join(folder, "open.txt")}`)]);
  });

  it.each([
    ["a file that is not there", undefined, "there is no such file"],
    ["what is no identity", "hunter2hunter2", "a line is no identity"],
    ["one of a plugin", "AGE-PLUGIN-YUBIKEY-1QQQ", "one of a plugin"],
    ["one that is encrypted", "age-encryption.org/v1\n-> scrypt a 18\n", "encrypted with a passphrase"],
  ])("are refused: %s", async (_, text, problem) => {
    const keyFile = join(folder, "bad.txt");
    await rm(keyFile, { force: true });
    if (text !== undefined) await write("bad.txt", text);
    const error = expect.objectContaining({
      code: "SOPS_IDENTITY_INVALID",
      message: expect.stringMatching(`bad\\.txt.*${problem}`) as string,
    }) as Error;
    await expect(identities({ keyFile })).rejects.toEqual(error);
    await expect(identities({ keyFile })).rejects.not.toThrow("hunter2");
  });
});
