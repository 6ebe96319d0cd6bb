import { expect, it } from "vitest";
import { completeValue, createMemoryHost, loadProgram, runProgram } from "./index.js";

const text = `schema Inner:
    points: [int] = [1, 2]
    label: str = "inner"

schema Config:
    save: [str] = ["a", "b", "c"]
    inner: Inner = Inner {}
    ports: {str:[int]} = {http = [80, 8080], ssh = [22]}

given: Config = option("given")
unpacked = Config {**option("given")}
`;
const loaded = loadProgram({ host: createMemoryHost({ "/main.k": text }), files: ["/main.k"] });
if (!loaded.ok) throw new Error("it cannot be loaded");
const { program } = loaded;
const given = { save: ["x"], inner: { points: [] }, ports: { http: [443] } };

const replaced = { save: ["x"], inner: { points: [], label: "inner" }, ports: { http: [443], ssh: [22] } };
const merged = { save: ["x", "b", "c"], inner: { points: [1, 2], label: "inner" }, ports: { http: [443, 8080], ssh: [22] } };

it.each([
  [{}, merged],
  [{ listsReplace: true }, replaced],
])("lists in what is given, %j", (options, expected) => {
  expect(runProgram(program, { arguments: { given }, ...options })).toMatchObject({
    ok: true,
    value: { given: expected, unpacked: expected },
  });
  expect(completeValue(program, "Config", given, options)).toMatchObject({ ok: true, value: expected });
});
