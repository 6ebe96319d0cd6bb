import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor, REDACTED } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTemplateRenderer, resolveSecrets, SecretUnavailableError, TemplateError } from "./index.js";

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "config-"));
});
afterAll(() => rm(dir, { recursive: true }));

describe("templates", () => {
  it("render loops and keep line ends", async () => {
    const render = await createTemplateRenderer();
    const text = render("a.j2", "{% for s in servers %}\nserver {{ s.host }}:{{ s.port }};\n{% endfor %}\n", {
      servers: [{ host: "a", port: 80 }],
    });
    expect(text).toBe("server a:80;\n");
  });

  it("refuse a value that is not given, with the line", async () => {
    const render = await createTemplateRenderer();
    expect(() => render("a.j2", "one\n{{ missing }}\n", {})).toThrow(TemplateError);
    expect(() => render("a.j2", "one\n{{ missing }}\n", {})).toThrow(/a\.j2:2/);
  });

  it("stop a loop without end", async () => {
    const render = await createTemplateRenderer();
    const bomb =
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}";
    expect(() => render("bomb.j2", bomb, {})).toThrow(TemplateError);
  });
});

describe("secret references", () => {
  const sourcesIn = (redactor = createRedactor()) => ({
    environment: { TOKEN: "from-the-environment" },
    workspaceDir: dir,
    generatedDir: join(dir, "generated"),
    redactor,
  });

  it("are replaced anywhere in a value, and known to the redactor", async () => {
    await writeFile(join(dir, "secret"), "from-a-file\n");
    const redactor = createRedactor();
    const value = await resolveSecrets({ a: ["env://TOKEN"], b: { c: "file://secret", d: "plain" } }, sourcesIn(redactor));
    expect(value).toEqual({ a: ["from-the-environment"], b: { c: "from-a-file", d: "plain" } });
    expect(redactor.text("x from-a-file y")).toBe(`x ${REDACTED} y`);
  });

  it("are found in the stores that the configuration names", async () => {
    await writeFile(join(dir, "claude-key"), "from-a-store\n");
    const stores = { folder: `file://${dir}`, process: "env://VAPORA_" };
    const sources = { ...sourcesIn(), stores, environment: { VAPORA_CLAUDE_KEY: "from-variables" } };
    const value = await resolveSecrets(["secret:folder:claude-key", "secret:process:claude-key", "secret"], sources);
    expect(value).toEqual(["from-a-store", "from-variables", "secret"]);
    expect(sources.redactor.text("a from-a-store")).toBe(`a ${REDACTED}`);
    for (const wrong of ["secret:other:key", "secret:folder:../secret", "secret:folder", "secret:folder:a/b"])
      await expect(resolveSecrets(wrong, sources)).rejects.toBeInstanceOf(SecretUnavailableError);
  });

  it("asks for values of files of SOPS, also through a store", async () => {
    const asked: string[] = [];
    const sops = (place: string) => Promise.resolve(asked.push(place) > 0 && place.endsWith("#key") ? "a secret" : undefined);
    const sources = { ...sourcesIn(), stores: { vault: "sops://secrets/all.yaml" }, sops };
    expect(await resolveSecrets(["sops://a.yaml#key", "secret:vault:key"], sources)).toEqual(["a secret", "a secret"]);
    expect(asked).toEqual(["a.yaml#key", "secrets/all.yaml#key"]);
    await expect(resolveSecrets("sops://a.yaml#none", sources)).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
    await expect(resolveSecrets("sops://a.yaml#key", sourcesIn())).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
  });

  it("refuses what is not allowed, also through a store", async () => {
    const only = { schemes: ["env"], saidBy: "the workflow" } as const;
    const sources = { ...sourcesIn(), stores: { folder: "file://keys" }, only };
    await expect(resolveSecrets("env://TOKEN", sources)).resolves.toEqual(expect.any(String));
    for (const reference of ["file://secret", "secret:folder:a"])
      await expect(resolveSecrets(reference, sources)).rejects.toThrow("the workflow allows env:// alone");
  });

  it("are generated once, also by callers at the same moment, readable by the owner only", async () => {
    const values = await Promise.all(Array.from({ length: 8 }, () => resolveSecrets("generated://db", sourcesIn())));
    expect(new Set(values).size).toBe(1);
    expect(await readFile(join(dir, "generated", "db"), "utf8")).toBe(values[0]);
    expect((await stat(join(dir, "generated", "db"))).mode & 0o777).toBe(0o600);
  });

  it.each(["env://NOPE", "file://nope", "generated://../x"])("fail by name when they cannot be read: %s", async (reference) => {
    await expect(resolveSecrets(reference, sourcesIn())).rejects.toBeInstanceOf(SecretUnavailableError);
  });
});
