/** What a provider needs of the machine it runs on, as findings with fixes. */

export interface ProviderFinding {
  /** Stable, for example `container-engine`. */
  readonly id: string;
  readonly ok: boolean;
  /** Without it the provider cannot work. */
  readonly required: boolean;
  /** For example "Container engine". */
  readonly title: string;
  /** What is there, for people. */
  readonly found: string;
  readonly fix?: ProviderFix;
}

export interface ProviderFix {
  /** One sentence: what to do. */
  readonly text: string;
  /** The same as commands, when they can be typed. */
  readonly command?: readonly (readonly string[])[];
  /** Does it; absent when only a person can. `report` gets lines of progress. */
  readonly run?: (report: (line: string) => void) => Promise<void>;
}

export interface PreflightOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Looks and changes nothing. Findings come in the order in which they should be fixed. */
export type Preflight = (options: PreflightOptions) => Promise<readonly ProviderFinding[]>;
