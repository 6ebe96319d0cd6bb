/** The module `crypto`. Own implementations, because evaluation is synchronous and also runs where there is no Node. */
import { blake3 } from "./blake3.js";
import { md5 } from "./md5.js";
import { moduleOf, native } from "./native.js";
import { sha1, sha224, sha256, sha384, sha512 } from "./sha2.js";

const encoder = new TextEncoder();

function digest(name: string, hash: (bytes: Uint8Array) => string) {
  return native(name, ["value", "encoding"], (call) => {
    call.machine.work(4 * call.text("value").length);
    return hash(encoder.encode(call.text("value")));
  });
}

export const cryptoModule = moduleOf([
  digest("md5", md5),
  digest("sha1", sha1),
  digest("sha224", sha224),
  digest("sha256", sha256),
  digest("sha384", sha384),
  digest("sha512", sha512),
  digest("blake3", blake3),
  native("uuid", [], () => globalThis.crypto.randomUUID()),
  native("filesha256", ["filepath"], (call) => {
    const path = call.text("filepath");
    const absolute = path.startsWith("/") ? path : `${call.machine.settings.workFolder}/${path}`;
    const text =
      call.machine.settings.host.readFile(absolute) ??
      call.fail(`failed to access the file '${path}': No such file or directory (os error 2)`);
    return sha256(encoder.encode(text));
  }),
]);
