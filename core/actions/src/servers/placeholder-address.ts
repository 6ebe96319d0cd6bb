/**
 * Addresses of servers that do not exist yet, for plans. They come from the ranges that are set aside for documentation (RFC 5737,
 * RFC 3849), so that everything that checks or prints an address can work with them; what people see names the server instead.
 */

const BLOCKS = ["192.0.2", "198.51.100", "203.0.113"];
const BLOCK_SIZE = 254;

/** A different one for every position in the definition. */
export function placeholderAddress(position: number): string {
  const block = BLOCKS[Math.floor(position / BLOCK_SIZE)];
  return block === undefined ? `2001:db8::${position.toString(16)}` : `${block}.${(position % BLOCK_SIZE) + 1}`;
}

/** Puts names in the place of placeholders; `names` are the servers of the definition, in its order. */
export function nameServers(text: string, names: readonly string[]): string {
  const servers = new Map(names.map((name, position) => [placeholderAddress(position), name]));
  return text.replace(/\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}\b|\b2001:db8::[0-9a-f]+\b/g, (address) => {
    const name = servers.get(address);
    return name === undefined ? address : `(address of ${name})`;
  });
}
