/**
 * An immutable list whose changed copies share nearly everything with the original: replacing or adding one element costs
 * O(log32 n). So the transition function can be pure over a run of 100,000 operations.
 */

const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

type Node<T> = readonly (Node<T> | T)[];

export class Vector<T> implements Iterable<T> {
  readonly size: number;
  readonly #root: Node<T>;
  /** How far to shift an index for its place in the root. */
  readonly #shift: number;

  private constructor(size: number, root: Node<T>, shift: number) {
    this.size = size;
    this.#root = root;
    this.#shift = shift;
  }

  static of<T>(items: readonly T[]): Vector<T> {
    let level: Node<T>[] = chunk(items);
    let shift = 0;
    while (level.length > 1) {
      level = chunk(level);
      shift += BITS;
    }
    return new Vector<T>(items.length, level[0] ?? [], shift);
  }

  /** `undefined` outside of the list. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.size) return undefined;
    let node = this.#root;
    for (let shift = this.#shift; shift > 0; shift -= BITS) node = node[(index >>> shift) & MASK] as Node<T>;
    return node[index & MASK] as T;
  }

  with(index: number, item: T): Vector<T> {
    if (index < 0 || index >= this.size) throw new RangeError(`no element ${index} in a list of ${this.size}`);
    return new Vector(this.size, replaced(this.#root, this.#shift, index, item), this.#shift);
  }

  push(item: T): Vector<T> {
    const isFull = this.size === WIDTH << this.#shift;
    const root: Node<T> = isFull ? [this.#root] : this.#root;
    const shift = isFull ? this.#shift + BITS : this.#shift;
    return new Vector(this.size + 1, replaced(root, shift, this.size, item), shift);
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.size; index += 1) yield this.at(index) as T;
  }
}

function replaced<T>(node: Node<T> | undefined, shift: number, index: number, item: T): Node<T> {
  const copy = node === undefined ? [] : node.slice();
  const place = (index >>> shift) & MASK;
  copy[place] = shift === 0 ? item : replaced(copy[place] as Node<T> | undefined, shift - BITS, index, item);
  return copy;
}

function chunk<T>(items: readonly (Node<T> | T)[]): Node<T>[] {
  const chunks: Node<T>[] = [];
  for (let start = 0; start < items.length; start += WIDTH) chunks.push(items.slice(start, start + WIDTH));
  return chunks;
}
