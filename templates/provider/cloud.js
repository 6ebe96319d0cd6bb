/**
 * The interface of __NAME__. This one pretends: what it makes stands in a file, so that plans can be tried before there is an account. Put the
 * calls of the real interface in the place of these three functions; everything else can stay.
 */

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** `find`: what is there under a name; `ensure`: makes it once or changes it, and gives it back; `remove`: gone already is success. */
export function openCloud(folder) {
  const file = join(folder, "pretended-cloud.json");
  let queue = Promise.resolve();
  const inTurn = (work) => (queue = queue.then(work, work));
  const load = async () => {
    try {
      return JSON.parse(await readFile(file, "utf8"));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      return { next: 1, things: {} };
    }
  };
  const change = (edit) =>
    inTurn(async () => {
      const all = await load();
      const result = edit(all);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.draft`, JSON.stringify(all, null, 2), { mode: 0o600 });
      await rename(`${file}.draft`, file);
      return result;
    });
  return {
    find: (kind, name) => inTurn(async () => (await load()).things[`${kind}/${name}`]),
    ensure: (kind, name, wanted) =>
      change((all) => {
        const key = `${kind}/${name}`;
        all.things[key] ??= made(all.next++);
        Object.assign(all.things[key], wanted);
        return { ...all.things[key] };
      }),
    remove: (kind, name) => change((all) => void delete all.things[`${kind}/${name}`]),
  };
}

function made(number) {
  return {
    id: `__NAME__-${number}`,
    address: `192.0.2.${number % 250}`,
    hostKey: `ssh-ed25519 AAAA${String(number).padStart(8, "0")}`,
  };
}
