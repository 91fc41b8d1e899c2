/** What every part of the wire speaks of. */

export interface WireError {
  /** "filter" (has diagnostics), "where" (a Python function raised), "cancelled", "deadline", "gone" (trace or span not there any more), "method", "internal" */
  readonly kind: string;
  readonly message: string;
  readonly diagnostics?: readonly Diagnostic[];
}

export interface Fix {
  readonly label: string;
  /** the whole filter text with the fix applied */
  readonly text: string;
}

/** Something to say about a part of the filter text; `start` and `end` count UTF-16 code units. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly fixes: readonly Fix[];
}

export type RowMode = "traces" | "spans";

/** An extra column: a field path, or one with the choice among several values and a name of its own. */
export type ColumnSpec = string | { readonly path: string; readonly pick?: string; readonly name?: string };

export type JsonStep = string | number;

export interface TextResult {
  /** the whole new filter text */
  readonly filter: string;
}

export type Scalar = string | number | boolean;

/** A row's key is its trace id, or [trace id, span id] in spans mode. */
export type RowKey = string | readonly [string, string];

export type Selection =
  | { readonly ids: readonly RowKey[] }
  | {
      readonly all: true;
      readonly filter: string;
      readonly rows: RowMode;
      readonly except: readonly RowKey[];
    };
