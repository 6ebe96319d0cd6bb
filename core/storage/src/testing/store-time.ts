/** For stores that judge time by a clock of their own: lets it show what the test's clock shows. */

import type { Clock } from "@provisioning/model";
import type { Storage } from "../ports/storage.js";

/** It is set before each call. */
export function withTimeOf(clock: Clock, storage: Storage, setTime: (now: number) => Promise<void>): Storage {
  let shown = clock.now();
  let setting: Promise<void> = Promise.resolve();
  const follow = async () => {
    if (shown !== clock.now()) {
      shown = clock.now();
      setting = setTime(shown);
    }
    await setting;
  };
  const following = <Port extends object>(port: Port, unchanged: readonly string[] = []): Port =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function" || unchanged.includes(String(name))) return member;
        return async (...words: unknown[]) => {
          await follow();
          return member.apply(target, words) as unknown;
        };
      },
    });
  return {
    ...storage,
    runs: following(storage.runs, ["watch"]),
    queue: following(storage.queue, ["watch"]),
    leases: following(storage.leases),
  };
}
