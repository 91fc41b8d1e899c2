/** Facets and the histogram. */

import type { RowMode, Scalar } from "./base";

/** A filter wants a value of a facet, or wants it not. */
export type Want = "in" | "out";

export interface FacetsParams {
  readonly filter: string;
  readonly rows: RowMode;
  /** paths of fields that are wanted besides the usual ones */
  readonly fields: readonly string[];
}

export interface FacetValue {
  readonly value: Scalar;
  readonly count: number;
  readonly want: Want | null;
}

/** A field and its most frequent values in what the filter finds but for its own choice among them. */
export interface Facet {
  /** the path of the field, as a column has it */
  readonly field: string;
  readonly values: readonly FacetValue[];
}

export interface Condition {
  readonly text: string;
  /** the whole filter without it */
  readonly without: string;
}

export interface FacetsResult {
  readonly filter: string;
  readonly facets: readonly Facet[];
  /** the conditions that neither a facet nor the histogram shows, each with the filter that lacks it */
  readonly others: readonly Condition[];
  /** counting took too long, and some facets are left out */
  readonly late: boolean;
}

/** Traces over time in bars of one width, in what the filter finds at any time. */
export interface HistogramResult {
  readonly filter: string;
  readonly start_ms: number;
  readonly width_ms: number;
  readonly count: readonly number[];
  readonly errors: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p95_ms: readonly (number | null)[];
  /** durations of all that the filter finds */
  readonly all_p50_ms: number | null;
  readonly all_p95_ms: number | null;
  /** the times that the filter asks for; null where it leaves them open */
  readonly from_ms: number | null;
  readonly to_ms: number | null;
}

export interface ChooseParams {
  readonly filter: string;
  readonly rows: RowMode;
  readonly field: string;
  readonly value: Scalar;
  /** null: the filter says nothing about the value any more */
  readonly want: Want | null;
}

export interface BrushParams {
  readonly filter: string;
  /** null: at any time */
  readonly from_ms: number | null;
  readonly to_ms: number | null;
  /** the times may be moved apart by less than this, to be short to read */
  readonly step_ms: number;
}
