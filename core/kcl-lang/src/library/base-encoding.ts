/** The modules `base64` and `base32`. */
import { type ModuleMembers, moduleOf, native } from "./native.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encodes groups of `bits` bits, padded to whole blocks of `block` characters. */
function encode(bytes: Uint8Array, alphabet: string, bits: number, block: number): string {
  let text = "";
  let buffer = 0;
  let size = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    size += 8;
    while (size >= bits) {
      size -= bits;
      text += alphabet[(buffer >> size) & ((1 << bits) - 1)];
    }
  }
  if (size > 0) text += alphabet[(buffer << (bits - size)) & ((1 << bits) - 1)];
  return text.padEnd(Math.ceil(text.length / block) * block, "=");
}

function decode(text: string, alphabet: string, bits: number): Uint8Array | undefined {
  const bytes: number[] = [];
  let buffer = 0;
  let size = 0;
  let end = text.length;
  while (text[end - 1] === "=") end--;
  for (const char of text.slice(0, end)) {
    const digit = alphabet.indexOf(char);
    if (digit < 0) return undefined;
    buffer = ((buffer << bits) | digit) & 0xffff;
    size += bits;
    if (size >= 8) {
      size -= 8;
      bytes.push((buffer >> size) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

function moduleFor(alphabet: string, bits: number, block: number): ModuleMembers {
  return moduleOf([
    native("encode", ["value", "encoding"], (call) => {
      call.machine.work(4 * call.text("value").length);
      return encode(encoder.encode(call.text("value")), alphabet, bits, block);
    }),
    native("decode", ["value", "encoding"], (call) => {
      call.machine.work(8 * call.text("value").length);
      const bytes = decode(call.text("value"), alphabet, bits);
      return bytes === undefined ? call.fail("invalid encoded text") : decoder.decode(bytes);
    }),
  ]);
}

export const base64Module = moduleFor(base64Alphabet, 6, 4);
export const base32Module = moduleFor(base32Alphabet, 5, 8);
