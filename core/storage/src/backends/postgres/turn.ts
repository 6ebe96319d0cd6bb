/**
 * What a statement has found out along the way, kept for who asks for it in the same turn of the event loop. Nothing else that this process
 * could have heard of can have happened since then, and the next turn asks the database.
 */
export class Turn<Key, Value> {
  readonly #values = new Map<Key, Value>();

  keep(key: Key, value: Value): void {
    if (this.#values.size === 0) setImmediate(() => this.#values.clear());
    this.#values.set(key, value);
  }

  get(key: Key): Value | undefined {
    return this.#values.get(key);
  }
}
