/** Labels that people give, and what several of them said. */

import type { Scalar, Selection } from "./base";

/** What people are asked to say: the keys 1 to 9 give the values. */
export interface LabelSpec {
  readonly name: string;
  readonly values: readonly Scalar[];
}

/** What is labelled: a trace, one of its spans, or all that is selected. */
export type LabelTarget =
  | { readonly trace_id: string; readonly span_id: string | null }
  | { readonly selection: Selection };

export interface LabelParams {
  readonly target: LabelTarget;
  readonly name: string;
  readonly value: Scalar;
  /** why; null for no words about it */
  readonly note: string | null;
}

export interface LabelCount {
  readonly value: unknown;
  /** on how many of the things meant */
  readonly count: number;
}

export interface LabelGiven {
  readonly name: string;
  /** what the rater said, the most frequent value first */
  readonly values: readonly LabelCount[];
  /** the note that all of them have */
  readonly note: string | null;
}

/** What another than the rater said. */
export interface Opinion {
  readonly name: string;
  readonly rater: string;
  readonly value: unknown;
  readonly note: string | null;
}

/** How many of the traces of a review have all their labels. */
export interface Progress {
  readonly labelled: number;
  readonly total: number;
}

export interface LabelsResult {
  /** how many things are meant */
  readonly of: number;
  /** for each label of the schema, in its order */
  readonly given: readonly LabelGiven[];
  /** of a single thing what others said, by any name */
  readonly others: readonly Opinion[];
  /** how many labellings can be taken back */
  readonly undo: number;
  /** null where no review is under way */
  readonly progress: Progress | null;
  /** where a review goes on: the next trace that lacks a label */
  readonly next: string | null;
}

export interface LabelResult {
  /** how many things have another label now */
  readonly changed: number;
  readonly labels: LabelsResult;
}

export interface UnlabelResult {
  readonly name: string;
  readonly value: Scalar;
  readonly changed: number;
  /** what it was a label of; null where that was a selection */
  readonly trace_id: string | null;
  readonly span_id: string | null;
}

/** Two raters: how many things both rated, on which share of them they agree, and Cohen's kappa. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly things: number;
  readonly agree: number;
  readonly kappa: number | null;
}

/** One thing that at least two rated. */
export interface Rated {
  readonly trace_id: string;
  readonly span_id: string | null;
  /** the trace's name */
  readonly trace: string;
  /** what each rater said, null where nothing */
  readonly said: readonly unknown[];
  readonly differ: boolean;
}

export interface RatedLabel {
  readonly name: string;
  /** Krippendorff's; null where it cannot be told from chance */
  readonly alpha: number | null;
  readonly raters: readonly string[];
  readonly pairs: readonly Pair[];
  /** things that at least two rated, and how many of them not alike */
  readonly things: number;
  readonly differ: number;
  /** the first of these things, those rated differently before the others */
  readonly rated: readonly Rated[];
}

export interface RatersResult {
  readonly filter: string;
  /** labels that at least two have given, the most frequent first */
  readonly labels: readonly RatedLabel[];
  /** there are more traces than were read */
  readonly late: boolean;
}
