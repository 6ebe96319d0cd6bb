/** An entry of the list of workspaces as the user's file has it. */

export interface RegistryEntry {
  readonly name: string;
  readonly path: string;
  /** ISO 8601; empty when the file says nothing. */
  readonly lastUsed: string;
}
