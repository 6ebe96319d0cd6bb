/** The engine's format for stdout and stderr in one stream: frames of an 8-byte head (stream number, length) and the bytes. */

const HEAD_BYTES = 8;
const STDERR = 2;

export function demultiplex(bytes: Buffer): { readonly stdout: string; readonly stderr: string } {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at + 4);
    (bytes[at] === STDERR ? stderr : stdout).push(bytes.subarray(at + HEAD_BYTES, end));
    at = end;
  }
  return { stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") };
}
