/** The documentation of a package as data. */

export interface PackageDocument {
  /** Files in the order in which they were loaded. */
  readonly files: readonly FileDocument[];
}

export interface FileDocument {
  /** Path below the module root, with slashes. */
  readonly path: string;
  readonly description: string;
  /** In the order of the source. */
  readonly schemas: readonly SchemaDocument[];
}

export interface SchemaDocument {
  readonly name: string;
  readonly form: "schema" | "mixin" | "protocol" | "rule";
  readonly line: number;
  readonly description: string;
  readonly deprecated?: string;
  readonly parameters: readonly string[];
  readonly parent?: string;
  readonly mixins: readonly string[];
  /** The protocol after `for`. */
  readonly host?: string;
  /** Own attributes first, then those of mixins, then inherited ones, nearest first. */
  readonly attributes: readonly AttributeDocument[];
  readonly indexSignature?: { readonly key: string; readonly type: string; readonly default?: string };
  /** Checks of its own. */
  readonly checks: readonly CheckDocument[];
  readonly examples: string;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

export interface AttributeDocument {
  readonly name: string;
  /** As written; without annotation as inferred. */
  readonly type: string;
  /** Neither optional nor with a default. */
  readonly required: boolean;
  /** As written. */
  readonly default?: string;
  readonly description: string;
  readonly deprecated?: string;
  /** The schema or mixin that declares it, when it is another one. */
  readonly from?: string;
}

export interface CheckDocument {
  readonly test: string;
  readonly condition?: string;
  /** Text of the message; for computed messages the expression. */
  readonly message?: string;
}
