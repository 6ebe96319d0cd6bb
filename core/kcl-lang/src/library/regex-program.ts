/** Patterns as programs for the matcher: a list of instructions that test, branch and note positions. */
import type { CharacterSet } from "./regex-class.js";
import { type Assertion, parseRegex, type RegexNode, type RegexTree } from "./regex-syntax.js";

export type Instruction =
  | { readonly op: "set"; readonly set: CharacterSet }
  /** Tries `first`, then `second`. */
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  /** Notes the position in a slot; slots 2n and 2n+1 are start and end of group n. */
  | { readonly op: "save"; readonly slot: number }
  /** Fails when a turn of a loop has not moved since the slot was noted. */
  | { readonly op: "moved"; readonly slot: number }
  | { readonly op: "assert"; readonly test: Assertion }
  | { readonly op: "backreference"; readonly index: number }
  | {
      readonly op: "look";
      readonly program: RegexProgram;
      readonly behind: boolean;
      readonly negated: boolean;
      readonly id: number;
    }
  | { readonly op: "match" };

export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly slots: number;
  readonly groups: number;
  /** The way to a state does not matter, so that a state that failed once need not be tried again. */
  readonly stateless: boolean;
}

export interface Regex {
  readonly program: RegexProgram;
  readonly names: ReadonlyMap<string, number>;
}

/** Repetitions are unrolled; a pattern that would become longer is refused. */
const longestProgram = 20_000;

const cache = new Map<string, Regex>();
const mostCached = 256;

/** The pattern's program; compiled patterns are remembered. @throws SyntaxError */
export function compileRegex(source: string): Regex {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const tree = parseRegex(source);
  const regex = { program: new ProgramBuilder(tree).build(tree.root), names: tree.names };
  if (cache.size >= mostCached) cache.clear();
  cache.set(source, regex);
  return regex;
}

class ProgramBuilder {
  private instructions: Instruction[] = [];
  private slots: number;
  private looks = 0;
  private visits = 0;
  private stateless = true;

  constructor(private readonly tree: RegexTree) {
    this.slots = 2 * (tree.groups + 1);
  }

  build(root: RegexNode): RegexProgram {
    this.emit({ op: "save", slot: 0 });
    this.node(root);
    this.emit({ op: "save", slot: 1 });
    this.emit({ op: "match" });
    return this.program();
  }

  private program(): RegexProgram {
    return { instructions: this.instructions, slots: this.slots, groups: this.tree.groups, stateless: this.stateless };
  }

  private emit<T extends Instruction>(instruction: T): T {
    if (this.instructions.length >= longestProgram) throw new SyntaxError("the pattern is too large");
    this.instructions.push(instruction);
    return instruction;
  }

  private get here(): number {
    return this.instructions.length;
  }

  private node(node: RegexNode): void {
    if (++this.visits > 10 * longestProgram) throw new SyntaxError("the pattern is too large");
    switch (node.kind) {
      case "set":
        this.emit({ op: "set", set: node.set });
        return;
      case "sequence":
        for (const part of node.parts) this.node(part);
        return;
      case "choice":
        return this.choice(node.options);
      case "repeat":
        return this.repeat(node);
      case "group":
        this.emit({ op: "save", slot: 2 * node.index });
        this.node(node.node);
        this.emit({ op: "save", slot: 2 * node.index + 1 });
        return;
      case "assert":
        this.emit({ op: "assert", test: node.test });
        return;
      case "backreference":
        if (node.index > this.tree.groups) throw new SyntaxError(`invalid group reference ${node.index}`);
        this.stateless = false;
        this.emit({ op: "backreference", index: node.index });
        return;
      default:
        return this.look(node);
    }
  }

  private choice(options: readonly RegexNode[]): void {
    const jumps: { to: number }[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        this.node(option);
        break;
      }
      const split = this.emit({ op: "split", first: this.here + 1, second: 0 });
      this.node(option);
      jumps.push(this.emit({ op: "jump", to: 0 }));
      split.second = this.here;
    }
    for (const jump of jumps) jump.to = this.here;
  }

  private repeat(node: RegexNode & { kind: "repeat" }): void {
    for (let turn = 0; turn < node.min; turn++) this.node(node.node);
    if (node.max === Infinity) return this.loop(node);
    const splits: { first: number; second: number }[] = [];
    for (let turn = node.min; turn < node.max; turn++) {
      splits.push(this.emit({ op: "split", first: 0, second: 0 }));
      const split = splits.at(-1)!;
      split.first = this.here;
      this.node(node.node);
    }
    for (const split of splits) this.leaveTo(split, this.here, node.greedy);
  }

  private loop(node: RegexNode & { kind: "repeat" }): void {
    const split = this.emit({ op: "split", first: 0, second: 0 });
    const start = this.here;
    split.first = start;
    const slot = this.slots++;
    this.emit({ op: "save", slot });
    this.node(node.node);
    this.emit({ op: "moved", slot });
    this.emit({ op: "jump", to: start - 1 });
    this.leaveTo(split, this.here, node.greedy);
  }

  private leaveTo(split: { first: number; second: number }, end: number, greedy: boolean): void {
    if (greedy) split.second = end;
    else {
      split.second = split.first;
      split.first = end;
    }
  }

  private look(node: RegexNode & { kind: "look" }): void {
    const outer = this.instructions;
    this.instructions = [];
    this.node(node.node);
    this.emit({ op: "match" });
    const program = this.program();
    this.instructions = outer;
    this.emit({ op: "look", program, behind: node.behind, negated: node.negated, id: this.looks++ });
  }
}
