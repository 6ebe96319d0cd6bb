/** SHA-1 and SHA-2 (FIPS 180-4). Constants are derived from primes as the standard says. */

type Bytes = Uint8Array;

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return found;
}

/** The first 64 bits of the fraction of a prime's square (2) or cube (3) root. */
function rootFraction(prime: number, degree: 2n | 3n): bigint {
  const target = BigInt(prime) << (64n * degree);
  let low = 0n;
  let high = 1n << 72n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= target) low = middle;
    else high = middle;
  }
  return low & 0xffffffffffffffffn;
}

const first80 = primes(80);
const cubeFractions = first80.map((prime) => rootFraction(prime, 3n));
const squareFractions = first80.slice(0, 16).map((prime) => rootFraction(prime, 2n));

function padded(bytes: Bytes, block: number, lengthBytes: number): Bytes {
  const total = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block;
  const result = new Uint8Array(total);
  result.set(bytes);
  result[bytes.length] = 0x80;
  new DataView(result.buffer).setBigUint64(total - 8, BigInt(bytes.length) * 8n);
  return result;
}

const rotate32 = (value: number, by: number): number => (value >>> by) | (value << (32 - by));

export function sha1(bytes: Bytes): string {
  const data = new DataView(padded(bytes, 64, 8).buffer);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let offset = 0; offset < data.byteLength; offset += 64) {
    const words = Array.from({ length: 16 }, (_, index) => data.getUint32(offset + index * 4));
    for (let index = 16; index < 80; index++)
      words.push(rotate32(words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!, 31));
    let [a, b, c, d, e] = state as [number, number, number, number, number];
    for (let index = 0; index < 80; index++) {
      const [mix, constant] =
        index < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : index < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : index < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      [a, b, c, d, e] = [(rotate32(a, 27) + mix + e + constant + words[index]!) | 0, a, rotate32(b, 2), c, d];
    }
    [a, b, c, d, e].forEach((value, index) => {
      state[index] = (state[index]! + value) | 0;
    });
  }
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

interface Variant {
  readonly bits: 32 | 64;
  readonly rounds: number;
  readonly big: readonly [readonly [number, number, number], readonly [number, number, number]];
  readonly small: readonly [readonly [number, number, number], readonly [number, number, number]];
}

const short: Variant = {
  bits: 32,
  rounds: 64,
  big: [
    [2, 13, 22],
    [6, 11, 25],
  ],
  small: [
    [7, 18, 3],
    [17, 19, 10],
  ],
};
const long: Variant = {
  bits: 64,
  rounds: 80,
  big: [
    [28, 34, 39],
    [14, 18, 41],
  ],
  small: [
    [1, 8, 7],
    [19, 61, 6],
  ],
};

/** Both widths share one routine on bigints; texts to hash are short. */
function sha2(bytes: Bytes, variant: Variant, initial: readonly bigint[], outputBytes: number): string {
  const width = BigInt(variant.bits);
  const mask = (1n << width) - 1n;
  const rotate = (value: bigint, by: number): bigint => ((value >> BigInt(by)) | (value << (width - BigInt(by)))) & mask;
  const sigma = (value: bigint, by: readonly number[], shift: boolean): bigint =>
    rotate(value, by[0]!) ^ rotate(value, by[1]!) ^ (shift ? value >> BigInt(by[2]!) : rotate(value, by[2]!));
  const constants = cubeFractions.slice(0, variant.rounds).map((value) => value >> (64n - width));
  const size = variant.bits / 8;
  const data = new DataView(padded(bytes, size * 16, size * 2).buffer);
  let state = [...initial];
  for (let offset = 0; offset < data.byteLength; offset += size * 16) {
    const words = Array.from({ length: 16 }, (_, index) =>
      size === 4 ? BigInt(data.getUint32(offset + index * 4)) : data.getBigUint64(offset + index * 8),
    );
    for (let index = 16; index < variant.rounds; index++) {
      words.push(
        (sigma(words[index - 2]!, variant.small[1], true) +
          words[index - 7]! +
          sigma(words[index - 15]!, variant.small[0], true) +
          words[index - 16]!) &
          mask,
      );
    }
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let index = 0; index < variant.rounds; index++) {
      const first = h + sigma(e, variant.big[1], false) + ((e & f) ^ (~e & mask & g)) + constants[index]! + words[index]!;
      const second = sigma(a, variant.big[0], false) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(first + second) & mask, a, b, c, (d + first) & mask, e, f, g];
    }
    state = [a, b, c, d, e, f, g, h].map((value, index) => (state[index]! + value) & mask);
  }
  return state
    .map((word) => word.toString(16).padStart(size * 2, "0"))
    .join("")
    .slice(0, outputBytes * 2);
}

const ninthToSixteenth = squareFractions.slice(8);

export const sha224 = (bytes: Bytes): string =>
  sha2(
    bytes,
    short,
    ninthToSixteenth.map((value) => value & 0xffffffffn),
    28,
  );
export const sha256 = (bytes: Bytes): string =>
  sha2(
    bytes,
    short,
    squareFractions.slice(0, 8).map((value) => value >> 32n),
    32,
  );
export const sha384 = (bytes: Bytes): string => sha2(bytes, long, ninthToSixteenth, 48);
export const sha512 = (bytes: Bytes): string => sha2(bytes, long, squareFractions.slice(0, 8), 64);
