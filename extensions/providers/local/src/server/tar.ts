/** The little of tar (ustar, POSIX.1-1988) that is needed to put a file into a container and to read one. */

const BLOCK = 512;

export interface TarEntry {
  /** Relative; a folder ends with a slash. */
  readonly path: string;
  readonly mode: number;
  readonly content?: Buffer;
}

/** Owned by root, without times. */
export function packTar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(packEntry), Buffer.alloc(2 * BLOCK)]);
}

function packEntry(entry: TarEntry): Buffer[] {
  const content = entry.content ?? Buffer.alloc(0);
  const head = Buffer.alloc(BLOCK);
  head.write(entry.path, 0, 100);
  head.write(octal(entry.mode, 7), 100);
  head.write(octal(0, 7), 108);
  head.write(octal(0, 7), 116);
  head.write(octal(content.length, 11), 124);
  head.write(octal(0, 11), 136);
  head.write(" ".repeat(8), 148);
  head.write(entry.path.endsWith("/") ? "5" : "0", 156);
  head.write("ustar\x0000", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${octal(sum, 6)}\0 `, 148);
  return [head, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** Content of the first regular file of an archive. */
export function firstFile(archive: Buffer): Buffer | undefined {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const size = Number.parseInt(archive.toString("latin1", at + 124, at + 135), 8);
    if (Number.isNaN(size)) return undefined;
    const type = archive.toString("latin1", at + 156, at + 157);
    if (type === "0" || type === "\0") return archive.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
