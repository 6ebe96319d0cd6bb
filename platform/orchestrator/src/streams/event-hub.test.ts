import type { RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, RunStore } from "@provisioning/storage";
import { describe, expect, it } from "vitest";
import { EventHub } from "./event-hub.js";

function hubWith(epoch = "e1", kept = 10_000) {
  let tell: (appended: AppendedEvents) => void = () => {};
  const runs = { watch: (listener: typeof tell) => ((tell = listener), () => {}) } as unknown as RunStore;
  const hub = new EventHub(runs, epoch, kept);
  let version = 0;
  const happen = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      version += 1;
      const event = { type: "runPaused", at: version } as RunEvent;
      tell({ runId: "r" as RunId, version, events: [event] });
    }
  };
  return { hub, happen };
}

async function take(hub: EventHub, after: string | undefined, count: number) {
  const found: { readonly id?: string; readonly event: string; readonly data: string }[] = [];
  const stop = new AbortController();
  for await (const batch of hub.follow(after, stop.signal)) {
    found.push(...batch);
    if (found.length >= count) break;
  }
  return found;
}

describe("events of all runs", () => {
  it("are told from where a reader left, once each", async () => {
    const { hub, happen } = hubWith();
    happen(1_200);
    const [first] = await take(hub, "e1:99", 1);
    expect(first?.id).toBe("e1:100");
    const rest = await take(hub, first?.id, 1_100);
    expect(rest.map(({ id }) => id)).toEqual(Array.from({ length: 1_100 }, (_, index) => `e1:${101 + index}`));
  });

  it("begin now for a reader that names none", async () => {
    const { hub, happen } = hubWith();
    happen(5);
    const reading = take(hub, undefined, 2);
    await new Promise((resolve) => setImmediate(resolve));
    happen(2);
    expect((await reading).map(({ id }) => id)).toEqual(["e1:6", "e1:7"]);
  });

  it("tell how much is missing when it is not kept any more", async () => {
    const { hub, happen } = hubWith();
    happen(12_000);
    const [gap, next] = await take(hub, "e1:1", 2);
    expect(gap).toEqual({ event: "gap", data: JSON.stringify({ reason: "too far behind", missed: 1_999 }) });
    expect(next?.id).toBe("e1:2001");
  });

  it("tell that the service began anew", async () => {
    const { hub, happen } = hubWith("e2");
    const reading = take(hub, "e1:5", 2);
    await new Promise((resolve) => setImmediate(resolve));
    happen(1);
    const [gap, next] = await reading;
    expect(gap?.event).toBe("gap");
    expect(next?.id).toBe("e2:1");
  });
});
