/** The text of the filter: what is said of it, proposed for it, and written into it by clicks. */

import type { ColumnSpec, Diagnostic, JsonStep, RowMode } from "./base";

/**
 * A value on the screen, so that Python can write it as a filter or as a column.
 * `path` begins with the field: ["status"], ["tag", "env"], ["inputs", "messages", 0, "content"],
 * ["attributes", "gen_ai.request.model"], ["event", "exception", "exception.type"], ["column", "tag.env"].
 * `span` is given where the value belongs to a span.
 */
export interface Target {
  readonly trace_id: string | null;
  readonly span?: { readonly span_id: string; readonly name: string };
  readonly path: readonly JsonStep[];
  readonly value: unknown;
}

export type EditOp = "=" | "!=" | ">=" | "<=" | "contains" | "not contains";

export interface EditParams {
  readonly filter: string;
  readonly op: EditOp;
  readonly target: Target;
}

export interface SortParams {
  readonly filter: string;
  /** what a row is: in spans mode a column's key speaks of the row's own span; "traces" when left out */
  readonly rows?: RowMode;
  /** base column ("time", "name", "status", "duration", "tokens") or the path of an extra one */
  readonly column: string;
  readonly direction: "asc" | "desc" | null;
}

export interface ColumnResult {
  /** ways to take the value as a column; more than one where the span's name repeats in its trace */
  readonly options: readonly { readonly label: string; readonly column: ColumnSpec }[];
  /** index of the option that contains the value clicked */
  readonly preselect: number;
}

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  /** an English sentence that says what the filter asks; empty where it has an error */
  readonly gloss: string;
}

export interface CompleteParams {
  readonly filter: string;
  /** where the text cursor is, in UTF-16 code units */
  readonly cursor: number;
}

/** One proposal: what is shown, what is written, and what it is. */
export interface Proposal {
  readonly label: string;
  readonly insert: string;
  readonly kind:
    | "field"
    | "prefix"
    | "key"
    | "span"
    | "function"
    | "relation"
    | "operator"
    | "word"
    | "value"
    | "parameter";
  /** a few words about it; those of a value that the rest of the filter leaves begin with "~" */
  readonly detail: string;
  /** traces that have it, null where that is not known */
  readonly count: number | null;
}

export interface CompleteResult {
  /** what an item's `insert` takes the place of, in UTF-16 code units; the new text cursor is behind it */
  readonly from: number;
  readonly to: number;
  /** the likeliest first, already filtered by what is typed */
  readonly items: readonly Proposal[];
  /** whether `refine`, asked with the same place, has better items: values under the rest of the filter */
  readonly refinable: boolean;
}
