/**
 * Names whose values do not depend on the order of statements: the globals of a package and the attributes of an instance.
 *
 * Each name has an ordered list of setters, the statements that assign it. Reading a name that is not final yet runs its last setter
 * early; if that setter reads the name again, the one before it runs, and so on. A setter that was run early is skipped later, but
 * the instances it built are counted again, as the reference implementation does by building twice.
 */
import type { Machine } from "./machine.js";
import type { KclInstance, Value } from "./values.js";

/** A statement that sets a name. Returns false when an `if` around it does not hold. */
export interface Setter {
  readonly name: string;
  /** Position among the setters of the name. */
  readonly index: number;
  run(machine: Machine): boolean;
}

interface Activity {
  readonly index: number;
  readonly early: boolean;
}

type Registration = { readonly instance: KclInstance; readonly inMain: boolean };

export class LazyScope {
  readonly values = new Map<string, Value>();
  private readonly final = new Set<string>();
  private readonly active = new Map<string, Activity>();
  private readonly passed = new Map<string, number>();
  private readonly early = new Map<Setter, readonly Registration[]>();

  constructor(private readonly setters: ReadonlyMap<string, readonly Setter[]>) {}

  has(name: string): boolean {
    return this.setters.has(name) || this.values.has(name);
  }

  read(machine: Machine, name: string): Value {
    if (this.final.has(name)) return this.values.get(name);
    const setters = this.setters.get(name);
    if (setters === undefined) return this.values.get(name);
    const activity = this.active.get(name);
    if (activity?.early === false) return this.values.get(name);
    if (activity !== undefined) return this.replay(machine, name, setters, activity.index - 1);
    if ((this.passed.get(name) ?? 0) < setters.length) this.replay(machine, name, setters, setters.length - 1);
    this.final.add(name);
    return this.values.get(name);
  }

  private replay(machine: Machine, name: string, setters: readonly Setter[], from: number): Value {
    const outer = this.active.get(name);
    const place = machine.place;
    for (let index = from; index >= 0; index--) {
      const setter = setters[index]!;
      this.active.set(name, { index, early: true });
      const before = machine.instances.length;
      machine.enter();
      const performed = setter.run(machine);
      machine.leave();
      this.early.set(setter, machine.instances.slice(before));
      if (performed) break;
    }
    if (outer === undefined) this.active.delete(name);
    else this.active.set(name, outer);
    machine.place = place;
    return this.values.get(name);
  }

  /** Runs a setter in its turn, unless its name is final already. */
  execute(machine: Machine, setter: Setter): void {
    if (this.final.has(setter.name)) return this.countAgain(machine, setter);
    const outer = this.active.get(setter.name);
    this.active.set(setter.name, { index: setter.index, early: false });
    setter.run(machine);
    if (outer === undefined) this.active.delete(setter.name);
    else this.active.set(setter.name, outer);
    this.pass(setter);
  }

  /** The instances of a setter that ran early count twice. */
  private countAgain(machine: Machine, setter: Setter): void {
    for (const registration of this.early.get(setter) ?? []) machine.instances.push(registration);
  }

  /** Notes that a setter had its turn, or was left out by an `if`. */
  pass(setter: Setter): void {
    this.passed.set(setter.name, Math.max(this.passed.get(setter.name) ?? 0, setter.index + 1));
  }
}
