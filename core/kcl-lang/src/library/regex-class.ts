/** Sets of characters in patterns: ranges, `\d` and the like, properties of Unicode. */

/** Tests a code point. */
export type CharacterSet = (code: number) => boolean;

export interface CharacterSetParts {
  readonly ranges?: readonly (readonly [number, number])[];
  readonly sets?: readonly CharacterSet[];
  readonly negated?: boolean;
  readonly ignoreCase?: boolean;
}

/** A set with a table for the characters of ASCII. */
export function characterSet(parts: CharacterSetParts): CharacterSet {
  const { ranges = [], sets = [], negated = false, ignoreCase = false } = parts;
  const single = (code: number): boolean =>
    ranges.some(([from, to]) => code >= from && code <= to) || sets.some((set) => set(code));
  const test = (code: number): boolean => {
    if (single(code)) return !negated;
    return ignoreCase && otherCases(code).some(single) ? !negated : negated;
  };
  const table = Uint8Array.from({ length: 128 }, (_, code) => (test(code) ? 1 : 0));
  return (code) => (code < 128 ? table[code] === 1 : test(code));
}

function otherCases(code: number): number[] {
  const char = String.fromCodePoint(code);
  return [char.toLowerCase(), char.toUpperCase()].flatMap((text) => {
    const [first, ...rest] = Array.from(text);
    return first === undefined || rest.length > 0 ? [] : [first.codePointAt(0)!];
  });
}

/** A test of one character by an expression of JavaScript, which then has nothing to search. */
function byExpression(expression: RegExp): CharacterSet {
  return (code) => expression.test(String.fromCodePoint(code));
}

const shorthands: Readonly<Record<string, CharacterSet>> = {
  d: characterSet({ sets: [byExpression(/^\p{Nd}$/u)] }),
  w: characterSet({ sets: [byExpression(/^[\p{L}\p{M}\p{N}\p{Pc}]$/u)] }),
  s: characterSet({ sets: [byExpression(/^\s$/u)] }),
};

/** `\d`, `\w`, `\s` and their opposites. */
export function shorthandClass(letter: string): CharacterSet | undefined {
  if (!/^[dwsDWS]$/.test(letter)) return undefined;
  const set = shorthands[letter.toLowerCase()]!;
  return letter === letter.toLowerCase() ? set : (code) => !set(code);
}

export const isWordCharacter: CharacterSet = shorthands.w!;

/** `\p{name}`. */
export function unicodeClass(name: string, negated: boolean): CharacterSet | undefined {
  if (!/^[\w=^]{1,40}$/.test(name)) return undefined;
  const inverse = name.startsWith("^");
  const plain = inverse ? name.slice(1) : name;
  for (const property of [plain, `Script=${plain}`]) {
    try {
      const set = byExpression(new RegExp(`^\\p{${property}}$`, "u"));
      return characterSet({ sets: [set], negated: negated !== inverse });
    } catch {}
  }
  return undefined;
}

const posixClasses: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^\p{ASCII}$/u,
  blank: /^[ \t]$/,
  cntrl: /^\p{Cc}$/u,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[\t\n\v\f\r ]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

/** `[:alpha:]` inside brackets. */
export function posixClass(name: string, negated: boolean): CharacterSet | undefined {
  const expression = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined;
  return expression && characterSet({ sets: [byExpression(expression)], negated });
}
