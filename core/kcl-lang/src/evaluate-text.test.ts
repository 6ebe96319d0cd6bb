import { describe, expect, it } from "vitest";
import { evaluateText, prepareText } from "./evaluate-text.js";
import { namesUsed } from "./names-used.js";

const scaling = `if queue_depth > 10 && current_replicas < max_replicas:
  scale_to = min(current_replicas + 2, max_replicas)
  action = "scale_up"
elif queue_depth < 2 && current_replicas > min_replicas:
  scale_to = max(current_replicas - 1, min_replicas)
  action = "scale_down"
else:
  action = "no_change"
`;

describe("statements over given names", () => {
  it.each([
    [11, 5, { action: "scale_up", scale_to: 7 }],
    [11, 19, { action: "scale_up", scale_to: 20 }],
    [11, 20, { action: "no_change" }],
    [1, 6, { action: "scale_down", scale_to: 5 }],
    [1, 5, { action: "no_change" }],
    [5, 10, { action: "no_change" }],
  ])("decides for a queue of %i and %i replicas", (queue_depth, current_replicas, value) => {
    const scope = { queue_depth, current_replicas, min_replicas: 5, max_replicas: 20 };
    expect(evaluateText(scaling, scope)).toEqual({ ok: true, value });
  });

  it("can be prepared once: an evaluation leaves nothing for the next one", () => {
    const prepared = prepareText("both = [n] + [n]\nif n > 1:\n  large = True", ["n"]);
    expect(prepared).toMatchObject({ ok: true });
    if (!prepared.ok) return;
    expect(prepared.evaluate({ n: 2 })).toEqual({ ok: true, value: { both: [2, 2], large: true } });
    expect(prepared.evaluate({ n: 1 })).toEqual({ ok: true, value: { both: [1, 1] } });
    expect(prepared.evaluate({ n: 2 }, { steps: 1 })).toMatchObject({ ok: false });
    expect(prepared.evaluate({ n: 2 })).toMatchObject({ ok: true });
  });

  it("keeps values as values, whatever they hold", () => {
    const role = `x' or "1" == "1`;
    expect(evaluateText(`same = role == "x"\ntext = "role \${role}"`, { role })).toEqual({
      ok: true,
      value: { same: false, text: `role ${role}` },
    });
  });

  it.each([
    ["import file", "only assignments"],
    ["schema A:\n    a: int", "only assignments"],
    [`a = file.read("/etc/passwd")`, "name 'file' is not defined"],
    ["a = nothing", "name 'nothing' is not defined"],
    ["if a >:\n  b = 1", ""],
    ["a = [x for x in range(100000000)]", ""],
  ])("refuses %j", (text, message) => {
    const result = evaluateText(text, {}, { ms: 500 });
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.diagnostics[0]?.message).toContain(message);
  });

  it("tells what a text needs", () => {
    expect(namesUsed(scaling, "statements")).toEqual({
      ok: true,
      names: ["queue_depth", "current_replicas", "max_replicas", "min_replicas"],
      assigned: ["scale_to", "action"],
    });
    expect(namesUsed(`action != "no \${why}" && all x in list { x > 1 }`, "expression")).toMatchObject({ ok: true });
    expect(namesUsed("[x for x in items if x > least]", "expression")).toMatchObject({ ok: true, names: ["items", "least"] });
    expect(namesUsed("a ==", "expression")).toMatchObject({ ok: false });
  });
});
