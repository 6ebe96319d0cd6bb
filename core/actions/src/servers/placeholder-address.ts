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

const PLACEHOLDER = /\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}\b|\b2001:db8::[0-9a-f]+\b/g;

/**
 * Says in the place of placeholders when the address will be known. `servers` are those of the definition in its order; one whose address is
 * known already has no placeholder, and an address that looks like its own stays.
 */
export function nameServers(text: string, servers: readonly MaybeUnknown[]): string {
  const unknown = byPlaceholder(servers);
  return text.replace(PLACEHOLDER, (address) => {
    const name = unknown.get(address);
    return name === undefined ? address : `(known after ${name} is created)`;
  });
}

/** The servers whose address is not known and stands in `text`, in their order. */
export function serversNamed(text: string, servers: readonly MaybeUnknown[]): readonly string[] {
  const unknown = byPlaceholder(servers);
  const found = new Set((text.match(PLACEHOLDER) ?? []).map((address) => unknown.get(address)));
  return servers.map(({ name }) => name).filter((name) => found.has(name));
}

export interface MaybeUnknown {
  readonly name: string;
  readonly isUnknown: boolean;
}

function byPlaceholder(servers: readonly MaybeUnknown[]): ReadonlyMap<string, string> {
  return new Map(
    servers.flatMap(({ name, isUnknown }, position) => (isUnknown ? [[placeholderAddress(position), name] as const] : [])),
  );
}
