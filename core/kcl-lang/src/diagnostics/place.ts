/** Places in source text. Lines and columns start at 1; columns count code points. */

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function placeOf(file: string, line: number, column: number): Place {
  return { file, line, column };
}
