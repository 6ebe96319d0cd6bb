import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createRedactor } from "@provisioning/model";
import { compileProgram, openLocalConnection, runProgram } from "../index.js";
import { MAX_LINE_BYTES } from "./connection.js";
import { createLineSplitter, createTail } from "./lines.js";

it("runs a program and gives lines, exit status and standard error", async () => {
  const connection = openLocalConnection();
  const lines: string[] = [];
  expect(await connection.run("echo one; printf two; echo three >&2; exit 5\n", { onLine: (line) => lines.push(line) })).toEqual({
    exit: 5,
    stderrTail: "three\n",
  });
  expect(lines).toEqual(["one", "two"]);
  expect(connection.roundTrips).toBe(1);
});

it("gives programs no environment of ours", async () => {
  const lines: string[] = [];
  await openLocalConnection({ env: { GIVEN: "1" } }).run("env\n", { onLine: (line) => lines.push(line.split("=")[0] ?? "") });
  expect(lines.filter((name) => !["PATH", "PWD", "GIVEN", "SHLVL", "_", "OLDPWD"].includes(name))).toEqual([]);
});

it("ends a program and its children when it is aborted", async () => {
  const controller = new AbortController();
  const began = Date.now();
  const program = "timeout 60 sleep 60 & echo started; sleep 60\n";
  const running = openLocalConnection().run(program, {
    signal: controller.signal,
    onLine: () => controller.abort(new Error("enough")),
  });
  await expect(running).rejects.toThrow("enough");
  expect(Date.now() - began).toBeLessThan(10_000);
});

it("lets a program take its files away when what it waits for does not listen", async () => {
  const dir = mkdtempSync(join(tmpdir(), "provisioning-stop-"));
  const controller = new AbortController();
  const program = `trap 'rmdir ${dir}' EXIT; trap 'exit 143' TERM\necho started\nsh -c 'trap "" TERM; sleep 60; sleep 60'\n`;
  const running = openLocalConnection().run(program, {
    signal: controller.signal,
    onLine: () => setTimeout(() => controller.abort(new Error("enough")), 200),
  });
  await expect(running).rejects.toThrow("enough");
  expect(existsSync(dir)).toBe(false);
});

it("does not start what is aborted already", async () => {
  const connection = openLocalConnection();
  await expect(connection.run("true\n", { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  expect(connection.roundTrips).toBe(0);
});

it("ends a program that takes too long", async () => {
  await expect(openLocalConnection().run("sleep 60\n", { timeoutMs: 200 })).rejects.toMatchObject({ code: "PROGRAM_TIMEOUT" });
});

it("says when a shell cannot be started", async () => {
  await expect(openLocalConnection({ shell: "/no/such/shell" }).run("true\n")).rejects.toThrow(/ENOENT/);
});

it("does nothing with a program that arrived only in part, and says so", async () => {
  const program = compileProgram({ mode: "apply", sections: [] });
  const part = program.slice(0, program.lastIndexOf("main <"));
  await expect(runProgram(openLocalConnection(), part, { redactor: createRedactor() })).rejects.toMatchObject({
    code: "PROGRAM_INTERRUPTED",
    retry: "now",
  });
});

it("splits lines wherever the chunks end, and cuts endless ones", () => {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of ["a", "b\nc", "\n", "\nÄ"]) splitter.push(Buffer.from(chunk));
  const euro = Buffer.from("€");
  splitter.push(euro.subarray(0, 1));
  splitter.push(euro.subarray(1));
  splitter.end();
  expect(lines).toEqual(["ab", "c", "", "Ä€"]);
  for (let mebibyte = 0; mebibyte < 12; mebibyte++) splitter.push(Buffer.alloc(1024 * 1024, 120));
  splitter.push(Buffer.from("\nnext\n"));
  expect(lines[4]?.length).toBe(MAX_LINE_BYTES);
  expect(lines[5]).toBe("next");
});

it("keeps the end of an output", () => {
  const tail = createTail(5);
  tail.push(Buffer.from("abc"));
  tail.push(Buffer.from("defg"));
  expect(tail.text()).toBe("cdefg");
});
