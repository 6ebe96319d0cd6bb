/**
 * The matcher: backtracking as in Python, on a stack of its own, with a memory of the states that failed. A state is an instruction
 * and a position; since none is tried twice, the time is at most the length of the pattern times that of the text. Only patterns with
 * backreferences have no such memory. All work is counted by the meter.
 */
import { isWordCharacter } from "./regex-class.js";
import type { Instruction, RegexProgram } from "./regex-program.js";

/** What the matcher may spend; both throw when there is no more. */
export interface RegexMeter {
  step(count: number): void;
  allocate(bytes: number): void;
}

/** Start and end of each group, -1 where it took no part; the first two are those of the match. */
export type RegexMatch = readonly number[];

/** So many instructions run between two reports to the meter; 16 count as one step. */
const reportEvery = 1024;

export class RegexMatcher {
  private readonly slots: Int32Array;
  private readonly failed: Uint8Array | undefined;
  private readonly width: number;
  private readonly stack: number[] = [];
  private readonly looks = new Map<number, RegexMatcher>();
  private furthest = 0;
  private ran = 0;

  constructor(
    private readonly program: RegexProgram,
    private readonly text: string,
    private readonly meter: RegexMeter,
  ) {
    this.slots = new Int32Array(program.slots).fill(-1);
    this.width = Math.ceil(program.instructions.length / 8);
    const bytes = this.width * (text.length + 1);
    if (program.stateless) meter.allocate(bytes);
    this.failed = program.stateless ? new Uint8Array(bytes) : undefined;
  }

  /** The first match that starts at `from` or later. */
  search(from: number): RegexMatch | undefined {
    for (let at = from; at <= this.text.length; at++) {
      if (at > from && isLowSurrogate(this.text, at)) continue;
      const found = this.matchAt(at);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The match that starts here, and with `end` ends there. */
  matchAt(start: number, end?: number): RegexMatch | undefined {
    this.slots.fill(-1);
    this.stack.length = 0;
    this.furthest = start;
    const found = this.run(start, end);
    if (found || end !== undefined) this.forget(start);
    return found ? [...this.slots.subarray(0, 2 * (this.program.groups + 1))] : undefined;
  }

  /** After a success the states on the way to it are no failures. */
  private forget(start: number): void {
    this.failed?.fill(0, start * this.width, (this.furthest + 1) * this.width);
  }

  private run(start: number, end: number | undefined): boolean {
    const { stack } = this;
    stack.push(0, start, 0);
    while (stack.length > 0) {
      const undo = stack.pop()!;
      const position = stack.pop()!;
      const target = stack.pop()!;
      if (undo === 1) this.slots[target] = position;
      else if (this.follow(target, position, end)) return true;
    }
    return false;
  }

  /** Runs instructions until one fails; alternatives are pushed. */
  private follow(first: number, start: number, end: number | undefined): boolean {
    let counter = first;
    let position = start;
    for (;;) {
      if (++this.ran % reportEvery === 0) this.meter.step(reportEvery / 16);
      if (this.isKnown(counter, position)) return false;
      const instruction = this.program.instructions[counter]!;
      switch (instruction.op) {
        case "match":
          return end === undefined || position === end;
        case "jump":
          counter = instruction.to;
          continue;
        case "split":
          this.stack.push(instruction.second, position, 0);
          counter = instruction.first;
          continue;
        case "save":
          this.save(instruction.slot, position);
          break;
        default: {
          const next = this.consume(instruction, position);
          if (next < 0) return false;
          position = next;
        }
      }
      counter++;
    }
  }

  private isKnown(counter: number, position: number): boolean {
    if (position > this.furthest) this.furthest = position;
    if (this.failed === undefined) return false;
    const byte = position * this.width + (counter >> 3);
    const bit = 1 << (counter & 7);
    if ((this.failed[byte]! & bit) !== 0) return true;
    this.failed[byte]! |= bit;
    return false;
  }

  /** Sets a slot; going back restores it. */
  private save(slot: number, position: number): void {
    this.stack.push(slot, this.slots[slot]!, 1);
    this.slots[slot] = position;
  }

  /** The position after an instruction that holds, else -1. */
  private consume(instruction: Instruction, position: number): number {
    switch (instruction.op) {
      case "set": {
        const code = this.text.codePointAt(position);
        return code !== undefined && instruction.set(code) ? position + (code > 0xffff ? 2 : 1) : -1;
      }
      case "moved":
        return this.slots[instruction.slot] === position ? -1 : position;
      case "assert":
        return this.holds(instruction.test, position) ? position : -1;
      case "backreference": {
        const [start, end] = [this.slots[2 * instruction.index]!, this.slots[2 * instruction.index + 1]!];
        if (start < 0 || end < 0) return -1;
        this.meter.step((end - start) / 16);
        return this.text.startsWith(this.text.slice(start, end), position) ? position + end - start : -1;
      }
      case "look":
        return this.look(instruction, position) ? position : -1;
      default:
        return -1;
    }
  }

  private holds(test: string, position: number): boolean {
    switch (test) {
      case "start":
        return position === 0;
      case "end":
        return position === this.text.length;
      case "lineStart":
        return position === 0 || this.text[position - 1] === "\n";
      case "lineEnd":
        return position === this.text.length || this.text[position] === "\n";
      default: {
        const before =
          position > 0 &&
          isWordCharacter(this.text.codePointAt(isLowSurrogate(this.text, position - 1) ? position - 2 : position - 1)!);
        const after = position < this.text.length && isWordCharacter(this.text.codePointAt(position)!);
        return (before !== after) === (test === "word");
      }
    }
  }

  private look(instruction: Instruction & { op: "look" }, position: number): boolean {
    const known = this.looks.get(instruction.id);
    const inner = known ?? new RegexMatcher(instruction.program, this.text, this.meter);
    if (known === undefined) this.looks.set(instruction.id, inner);
    const found = instruction.behind ? this.lookBehind(inner, position) : inner.matchAt(position);
    if (found !== undefined && !instruction.negated) this.take(found);
    return (found !== undefined) !== instruction.negated;
  }

  private lookBehind(inner: RegexMatcher, position: number): RegexMatch | undefined {
    for (let start = position; start >= 0; start--) {
      this.meter.step(1);
      const found = inner.matchAt(start, position);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Groups inside a look-around keep what they matched. */
  private take(found: RegexMatch): void {
    for (let slot = 2; slot < found.length; slot++) if (found[slot]! >= 0) this.save(slot, found[slot]!);
  }
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return code >= 0xdc00 && code <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
}
