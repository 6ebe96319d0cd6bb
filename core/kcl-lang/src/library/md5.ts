/** MD5 (RFC 1321). */

const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const sines = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));

export function md5(bytes: Uint8Array): string {
  const total = Math.ceil((bytes.length + 9) / 64) * 64;
  const padded = new Uint8Array(total);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const data = new DataView(padded.buffer);
  data.setBigUint64(total - 8, BigInt(bytes.length) * 8n, true);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let offset = 0; offset < total; offset += 64) mixBlock(data, offset, state);
  const result = new DataView(new ArrayBuffer(16));
  state.forEach((word, index) => result.setInt32(index * 4, word, true));
  return Array.from({ length: 16 }, (_, index) => result.getUint8(index).toString(16).padStart(2, "0")).join("");
}

function mixBlock(data: DataView, offset: number, state: number[]): void {
  let [a, b, c, d] = state as [number, number, number, number];
  for (let index = 0; index < 64; index++) {
    const round = index >> 4;
    const mix = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round]!;
    const word = [index, 5 * index + 1, 3 * index + 5, 7 * index][round]! % 16;
    const sum = (a + mix + sines[index]! + data.getUint32(offset + word * 4, true)) | 0;
    const by = shifts[round]![index % 4]!;
    [a, b, c, d] = [d, (b + ((sum << by) | (sum >>> (32 - by)))) | 0, b, c];
  }
  [a, b, c, d].forEach((value, index) => {
    state[index] = (state[index]! + value) | 0;
  });
}
