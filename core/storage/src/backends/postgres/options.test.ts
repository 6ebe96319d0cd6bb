import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { type PostgresStorageOptions, targetOf } from "./options.js";

const places = { environment: { SECRET: "from the environment" }, stdin: Readable.from([]) };
const target = (options: Partial<PostgresStorageOptions>) => targetOf({ mode: "write", ...options }, places);

describe("options of the PostgreSQL store", () => {
  test.each([
    ["postgres://ada@db/shop", { host: "db", port: 5432, database: "shop", user: "ada", password: "", ssl: "prefer" }],
    ["postgresql://ada:p%40ss@db:5433", { port: 5433, database: "ada", password: "p@ss" }],
    ["postgres://ada@127.0.0.1/shop", { ssl: false }],
    ["postgres://ada@[::1]:1/shop", { host: "::1", ssl: false }],
    ["postgres://ada@localhost/shop?host=/run/postgresql", { host: "/run/postgresql", ssl: false }],
    ["postgres://ada@db/shop?sslmode=verify-full", { ssl: "verify-full" }],
    ["postgres://ada@db/shop?sslmode=disable", { ssl: false }],
  ])("reads %s", async (url, expected) => {
    expect(await target({ url })).toMatchObject(expected);
  });

  test("shows where it is without the password", async () => {
    const { location } = await target({ url: "postgres://ada:hidden@db/shop", schema: "team" });
    expect(location).toBe("postgres://ada@db:5432/shop, schema team");
  });

  test.each([
    [{ url: "postgres://ada:hidden@db:port/shop" }, "url"],
    [{ url: "mysql://ada:hidden@db/shop" }, "url"],
    [{ url: "postgres://:hidden@db/shop" }, "url"],
    [{ url: "postgres://ada:hidden@db/shop?sslmode=perhaps" }, "url"],
    [{ url: "postgres://ada:hidden@db/shop?options=-c%20fsync" }, "url"],
    [{ url: "postgres://ada:hidden@db/shop?sslmode=verify-full&sslrootcert=/no/such/file" }, "sslrootcert"],
    [{ user: "ada", schema: 'x"; drop' }, "schema"],
    [{ host: "db" }, "user"],
    [{ user: "ada", password: { environment: "NOT_SET" } }, "password"],
    [{ user: "ada", password: { file: "/no/such/file" } }, "password"],
  ])("refuses %j, and does not tell the password", async (options, option) => {
    const refusal = target(options);
    await expect(refusal).rejects.toMatchObject({ code: "STORE_OPTION_INVALID", option });
    const error = (await refusal.catch((reason: unknown) => reason)) as Error;
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain("hidden");
    expect(error.cause).toBeUndefined();
  });

  test("takes the password from a file, the environment or standard input", async () => {
    const folder = await mkdtemp(join(tmpdir(), "provisioning-password-"));
    const file = join(folder, "password");
    await writeFile(file, "from the file\n");
    expect(await target({ user: "ada", password: { file } })).toMatchObject({ password: "from the file", database: "ada" });
    expect(await target({ user: "ada", password: { environment: "SECRET" } })).toMatchObject({
      password: "from the environment",
    });
    const stdin = Readable.from(["from stan", "dard input\n"]);
    expect(await targetOf({ mode: "write", user: "ada", password: { stdin: true } }, { ...places, stdin })).toMatchObject({
      password: "from standard input",
    });
    await rm(folder, { recursive: true });
  });
});
