/** Rows of the list, how many there are, and those that come while it is recorded. */

import type { ColumnSpec, Diagnostic, RowMode } from "./base";
import type { TraceResult } from "./traces";

/** Rows as parallel lists. `cells[c][r]` is the value of extra column c in row r, cut to a short preview. */
export interface Rows {
  readonly trace_id: readonly string[];
  /** empty in traces mode */
  readonly span_id: readonly string[];
  readonly time_ms: readonly number[];
  readonly name: readonly string[];
  readonly type: readonly string[];
  readonly status: readonly string[];
  readonly duration_ms: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly errors: readonly number[];
  readonly cells: readonly (readonly unknown[])[];
}

export interface PageParams {
  readonly filter: string;
  readonly rows: RowMode;
  readonly columns: readonly ColumnSpec[];
  /** the first row wanted (0-based); `after` is used instead when given */
  readonly at?: number;
  /** the keyset token of the page before */
  readonly after?: string;
  readonly limit?: number;
}

export interface PageResult {
  readonly filter: string;
  /** index of the first row; -1 when reached through `after` from a page whose index the caller knows */
  readonly at: number;
  readonly rows: Rows;
  readonly next: string | null;
  readonly ms: number;
  /** warnings; an empty result has a code "empty" entry that says which part killed it */
  readonly diagnostics: readonly Diagnostic[];
}

/** What the rows of a list answer. */
export interface Question {
  readonly filter: string;
  readonly rows: RowMode;
  readonly columns: readonly ColumnSpec[];
  readonly predicates: readonly string[];
}

/** What recording changed: rows that the question finds, and traces that grew. */
export interface Push {
  readonly rows: Rows;
  /** there are more, which did not come */
  readonly more: boolean;
  /** rows that began later were not there when the explorer was opened */
  readonly since_ms: number;
  /** the kernel's clock */
  readonly now_ms: number;
  readonly traces: readonly TraceResult[];
}

export interface CountResult {
  readonly filter: string;
  readonly total: number;
  /** all traces (or spans) there are, without a filter */
  readonly of: number;
}
