import { describe, expect, it } from "vitest";
import { evaluateExpression } from "../evaluate.js";

const value = (text: string, scope = {}): unknown => {
  const result = evaluateExpression(text, scope);
  return result.ok ? result.value : result.diagnostics[0]?.message;
};

describe("builtins and modules", () => {
  it.each([
    ['"{:>5}|{0[a]}|{b:.2f}".format({"a": 1}, b=1.5)', "{'a': 1}|1|1.50"],
    ['"a,b,,c".split(",")', ["a", "b", "", "c"]],
    ['"a b  c".rsplit(None, 1)', ["a b", "c"]],
    ['"xxabxx".strip("x")', "ab"],
    ["sorted([3, 1, 2], reverse=True)", [3, 2, 1]],
    ["sum([1, 2], 3)", 6],
    [
      "zip([1, 2], ['a', 'b'])",
      [
        [1, "a"],
        [2, "b"],
      ],
    ],
    ["int('0x1f', 16)", 31],
    ["str(1Ki)", "1Ki"],
    ["round(2.567, 2)", 2.57],
    ["typeof(None)", "None"],
    ["regex.replace('a1b2', r'(\\d)', r'<\\1>')", "a<1>b<2>"],
    ["regex.findall('a1b22', r'\\d+')", ["1", "22"]],
    ["json.encode({a = [1, 2.0, None]})", '{"a": [1, 2.0, null]}'],
    ["yaml.decode('a: [1, 1.5, x]')", { a: [1, 1.5, "x"] }],
    ["base64.decode(base64.encode('häß'))", "häß"],
    ["crypto.sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["crypto.sha512('abc')[:16]", "ddaf35a193617aba"],
    ["crypto.sha1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["crypto.md5('abc')", "900150983cd24fb0d6963f7d28e17f72"],
    ["crypto.blake3('ABCDEF')[:16]", "61c8c05f3e588c66"],
    ["net.CIDR_host('10.0.0.0/24', 5)", "10.0.0.5"],
    ["net.CIDR_subnet('10.0.0.0/16', 8, 2)", "10.0.2.0/24"],
    ["net.is_IP('::1')", true],
    ["net.parse_IP('2001:db8:0:0:0:0:0:1')", "2001:db8::1"],
    ["datetime.validate('2024-02-30', '%Y-%m-%d')", false],
    ["template.execute('{{#each l}}{{this}};{{/each}}{{x}}', {l = [1, 2], x = '<'})", "1;2;&lt;"],
    ["units.to_Ki(2048)", "2Ki"],
    ["math.gcd(12, 18)", 6],
  ])("%s", (text, expected) => expect(value(text)).toEqual(expected));
});

describe("conditions", () => {
  const scope = { server: { cpu: 4, role: "control" }, tags: ["a"] };

  it.each([
    ['server.cpu >= 4 && server.role == "control"', true],
    ['!("a" in tags) || server.cpu < 2', false],
    ["server.missing", null],
    ["len(tags)", 1],
    ["servr.cpu", "name 'servr' is not defined, did you mean 'server'?"],
    ["server.cpu +", 'expected one of ["identifier", "literal", "(", "[", "{"] got eof'],
  ])("%s", (text, expected) => expect(value(text, scope)).toEqual(expected));

  it("has no way to files or the process", () => {
    expect(value('file.read("/etc/passwd")')).toContain("failed to access the file");
    expect(value('file.write("/tmp/x", "")')).toContain("files cannot be changed here");
    expect(value("constructor")).toContain("is not defined");
    expect(value("server.__proto__", scope)).toBe(null);
  });
});
