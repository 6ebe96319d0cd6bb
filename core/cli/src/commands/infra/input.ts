/** The part of an action's input that says which infra. */

/** A name given as an argument wins over the flag. */
export function infraInput(flags: { readonly infra?: string }, name?: string): { readonly infra?: string } {
  const infra = name ?? flags.infra;
  return infra === undefined ? {} : { infra };
}
