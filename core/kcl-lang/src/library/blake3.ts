/** BLAKE3, 256 bits, without key. */

const initial = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const chunkLength = 1024;
const flags = { chunkStart: 1, chunkEnd: 2, parent: 4, root: 8 };

const rotate = (value: number, by: number): number => (value >>> by) | (value << (32 - by));

function quarter(v: number[], a: number, b: number, c: number, d: number, x: number, y: number): void {
  v[a] = (v[a]! + v[b]! + x) | 0;
  v[d] = rotate(v[d]! ^ v[a]!, 16);
  v[c] = (v[c]! + v[d]!) | 0;
  v[b] = rotate(v[b]! ^ v[c]!, 12);
  v[a] = (v[a]! + v[b]! + y) | 0;
  v[d] = rotate(v[d]! ^ v[a]!, 8);
  v[c] = (v[c]! + v[d]!) | 0;
  v[b] = rotate(v[b]! ^ v[c]!, 7);
}

function compress(
  chaining: readonly number[],
  block: readonly number[],
  counter: number,
  length: number,
  flag: number,
): number[] {
  const v = [...chaining, ...initial.slice(0, 4), counter | 0, Math.floor(counter / 2 ** 32), length, flag];
  let m = [...block];
  for (let round = 0; round < 7; round++) {
    for (let column = 0; column < 4; column++)
      quarter(v, column, 4 + column, 8 + column, 12 + column, m[2 * column]!, m[2 * column + 1]!);
    for (let diagonal = 0; diagonal < 4; diagonal++) {
      quarter(
        v,
        diagonal,
        4 + ((diagonal + 1) % 4),
        8 + ((diagonal + 2) % 4),
        12 + ((diagonal + 3) % 4),
        m[8 + 2 * diagonal]!,
        m[9 + 2 * diagonal]!,
      );
    }
    m = permutation.map((index) => m[index]!);
  }
  return v.slice(0, 8).map((word, index) => word ^ v[index + 8]!);
}

function words(bytes: Uint8Array, offset: number): number[] {
  const block = new Uint8Array(64);
  block.set(bytes.subarray(offset, offset + 64));
  const view = new DataView(block.buffer);
  return Array.from({ length: 16 }, (_, index) => view.getInt32(index * 4, true));
}

function hashChunk(bytes: Uint8Array, counter: number, root: number): number[] {
  let chaining: number[] = initial;
  const blocks = Math.max(1, Math.ceil(bytes.length / 64));
  for (let index = 0; index < blocks; index++) {
    const last = index === blocks - 1;
    const flag = (index === 0 ? flags.chunkStart : 0) | (last ? flags.chunkEnd | root : 0);
    chaining = compress(chaining, words(bytes, index * 64), counter, last ? bytes.length - index * 64 : 64, flag);
  }
  return chaining;
}

/** The left side of a tree is the largest power of two of chunks that leaves something for the right. */
function hashTree(bytes: Uint8Array, counter: number, root: number): number[] {
  if (bytes.length <= chunkLength) return hashChunk(bytes, counter, root);
  const chunks = Math.ceil(bytes.length / chunkLength);
  const leftChunks = 2 ** Math.floor(Math.log2(chunks - 1));
  const left = hashTree(bytes.subarray(0, leftChunks * chunkLength), counter, 0);
  const right = hashTree(bytes.subarray(leftChunks * chunkLength), counter + leftChunks, 0);
  return compress(initial, [...left, ...right], 0, 64, flags.parent | root);
}

export function blake3(bytes: Uint8Array): string {
  const view = new DataView(new ArrayBuffer(32));
  hashTree(bytes, 0, flags.root).forEach((word, index) => view.setInt32(index * 4, word, true));
  return Array.from({ length: 32 }, (_, index) => view.getUint8(index).toString(16).padStart(2, "0")).join("");
}
