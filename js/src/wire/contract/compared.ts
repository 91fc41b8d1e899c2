/** Traces beside each other. */

import type { SpanParams } from "./traces";

/** One of the traces beside each other. */
export interface ComparedTrace {
  readonly trace_id: string;
  readonly name: string;
  readonly status: string;
  readonly time_ms: number;
  readonly duration_ms: number | null;
  readonly tokens: number | null;
  readonly cost: number | null;
  readonly spans: number;
}

/** The spans of one of two traces, as they stand beside those of the other; id null where it has none. */
export interface Side {
  readonly id: readonly (string | null)[];
  /** indices into `names` and `types` */
  readonly name: readonly number[];
  readonly type: readonly number[];
  /** 0 unset, 1 ok, 2 error */
  readonly status: readonly number[];
  readonly duration: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly cost: readonly (number | null)[];
}

/** Two traces span by span, in preorder. */
export interface ComparedPairs {
  readonly depth: readonly number[];
  /** what differs in a pair, as bits: 1 inputs, 2 outputs, 4 name or kind, 8 status */
  readonly change: readonly number[];
  readonly a: Side;
  readonly b: Side;
  readonly names: readonly string[];
  readonly types: readonly string[];
  /** rows that were too many to travel */
  readonly left: number;
}

/** Several traces name by name: of each measure a row per name, and in it a value per trace. */
export interface ComparedNames {
  readonly name: readonly string[];
  readonly type: readonly string[];
  readonly calls: readonly (readonly number[])[];
  readonly errors: readonly (readonly number[])[];
  readonly duration: readonly (readonly (number | null)[])[];
  readonly tokens: readonly (readonly (number | null)[])[];
  readonly cost: readonly (readonly (number | null)[])[];
  /** names that were too many to travel */
  readonly left: number;
}

/** Of two traces `pairs`, of more `names`; the other is null. */
export interface CompareResult {
  readonly traces: readonly ComparedTrace[];
  /** more traces are selected than are compared */
  readonly more: boolean;
  readonly pairs: ComparedPairs | null;
  readonly names: ComparedNames | null;
}

/** A line that is gone, new, in both, or says how many of these were left out; a part of it, and whether it changed. */
export type DiffLine = readonly [sign: "-" | "+" | " " | "…", parts: readonly (readonly [string, boolean])[]];

export interface DiffResult {
  readonly same: boolean;
  readonly lines: readonly DiffLine[];
  /** lines that were too many to travel */
  readonly left: number;
  /** a value was too long to be compared to its end */
  readonly cut: boolean;
}

export interface DifferenceParams {
  readonly a: SpanParams | null;
  readonly b: SpanParams | null;
}

export interface DifferenceResult {
  /** what is said of a span beside its contents: a word for it, and both values */
  readonly facts: readonly (readonly [string, string | number | null, string | number | null])[];
  readonly inputs: DiffResult;
  readonly outputs: DiffResult;
}
