/** The module `crypto`. Own implementations, because evaluation is synchronous and also runs where there is no Node. */
import { blake3 } from "./blake3.js";
import { md5 } from "./md5.js";
import { resolveFile } from "./file.js";
import { moduleOf, native, type NativeCall } from "./native.js";
import { sha1, sha224, sha256, sha384, sha512 } from "./sha2.js";

const encoder = new TextEncoder();

function digest(name: string, hash: (bytes: Uint8Array) => string) {
  return native(name, ["value", "encoding"], (call) => {
    call.machine.work(4 * call.text("value").length);
    return hash(encoder.encode(call.text("value")));
  });
}

function randomBytes(call: NativeCall, count: number): Uint8Array {
  const given = call.machine.settings.randomBytes;
  if (given !== undefined) return given(count);
  const { crypto } = globalThis as { readonly crypto?: { getRandomValues(bytes: Uint8Array): Uint8Array } };
  return crypto?.getRandomValues(new Uint8Array(count)) ?? call.fail("there are no random numbers here");
}

/** Version 4 of RFC 9562. */
function uuidOf(bytes: Uint8Array): string {
  const marked = Uint8Array.from(bytes);
  marked[6] = (marked[6]! & 0x0f) | 0x40;
  marked[8] = (marked[8]! & 0x3f) | 0x80;
  const text = Array.from(marked, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

export const cryptoModule = moduleOf([
  digest("md5", md5),
  digest("sha1", sha1),
  digest("sha224", sha224),
  digest("sha256", sha256),
  digest("sha384", sha384),
  digest("sha512", sha512),
  digest("blake3", blake3),
  native("uuid", [], (call) => uuidOf(randomBytes(call, 16))),
  native("filesha256", ["filepath"], (call) => {
    const path = call.text("filepath");
    const text =
      call.machine.settings.host.readFile(resolveFile(call, path)) ??
      call.fail(`failed to access the file '${path}': No such file or directory (os error 2)`);
    return sha256(encoder.encode(text));
  }),
]);
