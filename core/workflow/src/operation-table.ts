/** The states of a run's operations, by id and in the order of the definition. Immutable. */

import { InvariantError, type OperationDefinition, type OperationId } from "@provisioning/model";
import type { OperationState } from "./state.js";
import { Vector } from "./vector.js";

const PENDING: OperationState = { status: "pending" };

export class OperationTable implements Iterable<readonly [OperationId, OperationState]> {
  readonly #ids: readonly OperationId[];
  readonly #places: ReadonlyMap<OperationId, number>;
  readonly #states: Vector<OperationState>;

  private constructor(ids: readonly OperationId[], places: ReadonlyMap<OperationId, number>, states: Vector<OperationState>) {
    this.#ids = ids;
    this.#places = places;
    this.#states = states;
  }

  static pending(operations: readonly OperationDefinition[]): OperationTable {
    const ids = operations.map((operation) => operation.id);
    const places = new Map(ids.map((id, index) => [id, index]));
    return new OperationTable(ids, places, Vector.of(ids.map(() => PENDING)));
  }

  get size(): number {
    return this.#ids.length;
  }

  has(id: OperationId): boolean {
    return this.#places.has(id);
  }

  /** @throws InvariantError for an id that the run does not have */
  get(id: OperationId): OperationState {
    return this.at(this.indexOf(id));
  }

  at(index: number): OperationState {
    const state = this.#states.at(index);
    if (state === undefined) throw new InvariantError(`there is no operation number ${index}`);
    return state;
  }

  /** Place in the definition. @throws InvariantError */
  indexOf(id: OperationId): number {
    const index = this.#places.get(id);
    if (index === undefined) throw new InvariantError(`there is no operation ${id}`);
    return index;
  }

  /** With another state of the operation at a place in the definition. */
  with(index: number, state: OperationState): OperationTable {
    return new OperationTable(this.#ids, this.#places, this.#states.with(index, state));
  }

  *[Symbol.iterator](): Generator<readonly [OperationId, OperationState]> {
    let index = 0;
    for (const state of this.#states) {
      yield [this.#ids[index] as OperationId, state];
      index += 1;
    }
  }
}
